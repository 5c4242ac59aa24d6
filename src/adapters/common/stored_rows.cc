// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/stored_rows.h"

#include "adapters/common/table_batch.h"
#include "adapters/common/table_rows.h"

namespace handrail {
namespace {

struct StoredWrite {
  std::uint8_t table = 0;
  std::string key;
  std::optional<std::string> value;
};
template <class A>
void fields(A& a, StoredWrite& w) {
  a(w.table, w.key, w.value);
}

struct Rows {
  std::vector<ErasedVisitor> erased;
  std::vector<StoredWrite> writes;
};
template <class A>
void fields(A& a, Rows& r) {
  a(r.erased, r.writes);
}

}  // namespace

std::string stored_rows(const StateBatch& batch) {
  Rows rows{batch.erased, {}};
  for (TableEngine::Write& write : tables::list_rows_of(batch))
    rows.writes.push_back({static_cast<std::uint8_t>(write.table), std::move(write.key), std::move(write.value)});
  return rows.erased.empty() && rows.writes.empty() ? std::string{} : archived(rows);
}

Result<void> write_stored_rows(const std::string& bytes, const WriteRows& write, TableStateStore& lists,
                               const std::function<Result<void>(const ErasedVisitor&)>& forget) {
  auto rows = unarchived<Rows>(bytes);
  if (!rows) return fail(ErrorCode::kCorrupt, "what is to be written of a visitor's lists is damaged");
  for (const ErasedVisitor& erased : rows->erased) {
    if (auto gone = forget(erased); !gone) return gone;
  }
  if (!rows->erased.empty()) {
    if (auto gone = lists.erase(rows->erased); !gone) return gone;
  }
  std::vector<TableEngine::Write> writes;
  for (StoredWrite& row : rows->writes)
    writes.push_back({static_cast<Table>(row.table), std::move(row.key), std::move(row.value)});
  return write(writes);
}

}  // namespace handrail
