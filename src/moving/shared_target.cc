// SPDX-License-Identifier: Apache-2.0
#include "moving/shared_target.h"

#include "adapters/common/table_batch.h"
#include "adapters/common/table_rows.h"
#include "adapters/dynamodb/schema.h"
#include "moving/side_by_side.h"

namespace handrail::moving {
namespace {

namespace json = boost::json;

constexpr std::size_t kEntriesAtOnce = 100;     // control entries of one item
constexpr std::size_t kEntryBytes = 200 << 10;  // and their bytes
constexpr std::size_t kRecordsOfRow = 100;      // of a visitor's history
constexpr Millis kIdsSince = 2 * kDay;          // foreign ids that still matter

const dynamodb::Item& house_key() {
  static const dynamodb::Item key{{"pk", dynamodb::text("moving")}, {"sk", dynamodb::text("in")}};
  return key;
}

// The item that says how far moving in came; empty: nobody moved in.
Result<dynamodb::Item> moving_in(dynamodb::Database& database) {
  auto answer = database.call(
      "GetItem", {{"TableName", database.name_of(dynamodb::kControl)}, {"Key", house_key()}, {"ConsistentRead", true}});
  if (!answer) return pass_on(answer);
  return dynamodb::object_at(*answer, "Item");
}

}  // namespace

Result<void> check_moved_in(dynamodb::Database& database) {
  auto item = moving_in(database);
  if (!item) return pass_on(item);
  if (item->empty() || dynamodb::text_in(*item, "state") == "done") return {};
  return fail(ErrorCode::kConflict,
              "the export " + dynamodb::text_in(*item, "export_id").value_or("?") +
                  " is being moved into these tables, or was not finished: repeat handrail import");
}

Result<void> SharedTarget::check_empty() {
  const auto taken = [](const std::string& what) {
    return fail(ErrorCode::kConflict, "the tables hold data already (" + what +
                                          "): import into new ones (dynamodb.prefix, handrail tables create)");
  };
  auto entries = parts_.control.read(0);
  if (!entries) return pass_on(entries);
  if (!entries->empty()) return taken("what holds for all");
  for (const std::string_view table : dynamodb::kTables) {
    if (table == dynamodb::kControl) continue;
    bool is_empty = true;
    auto done = parts_.database.scan(table, {{"Limit", 1}}, [&](const dynamodb::Item&) { return is_empty = false; });
    if (!done) return done;
    if (!is_empty) return taken(parts_.database.name_of(table));
  }
  return {};
}

Result<MovedIn> SharedTarget::begin(const std::string& export_id, const Tally&) {
  id_ = export_id;
  auto item = moving_in(parts_.database);
  if (!item) return pass_on(item);
  if (item->empty()) {
    if (auto empty = check_empty(); !empty) return pass_on(empty);
    if (auto noted = note({}, true); !noted) return pass_on(noted);
    return moved_;
  }
  const std::string known = dynamodb::text_in(*item, "export_id").value_or("?");
  if (known != id_)
    return fail(ErrorCode::kConflict, "the tables hold another export (" + known + "): import into new ones");
  moved_ = {0, static_cast<std::uint64_t>(dynamodb::number_in(*item, "visitors").value_or(0)),
            dynamodb::number_in(*item, "house").value_or(0) == 1, dynamodb::text_in(*item, "state") == "done"};
  return moved_;
}

Result<void> SharedTarget::note(const MovedIn& moved, bool is_new) {
  dynamodb::Item item = house_key();
  item["export_id"] = dynamodb::text(id_);
  item["state"] = dynamodb::text(moved.is_done ? "done" : "moving");
  item["visitors"] = dynamodb::number(static_cast<std::int64_t>(moved.boxes));
  item["house"] = dynamodb::number(moved.has_house ? 1 : 0);
  json::object request{{"TableName", parts_.database.name_of(dynamodb::kControl)}, {"Item", std::move(item)}};
  if (is_new) {
    request["ConditionExpression"] = "attribute_not_exists(pk)";
  } else {
    request["ConditionExpression"] = "export_id = :id";
    request["ExpressionAttributeValues"] = json::object{{":id", dynamodb::text(id_)}};
  }
  auto put = parts_.database.call("PutItem", request);
  if (!put && put.error().code == ErrorCode::kConflict)
    return fail(ErrorCode::kConflict, "another import into these tables was begun");
  if (!put) return pass_on(put);
  moved_ = moved;
  return {};
}

// Entries get the numbers that they have in the box: appended in their order to a log that is empty, or holds the first
// of them.
Result<void> SharedTarget::take(const HouseBox& house) {
  auto there = parts_.control.read(0);
  if (!there) return pass_on(there);
  std::size_t next = there->size();
  std::vector<TableEngine::Write> rows;
  for (const core::LoggedRecord& entry : house.control) {
    if (std::holds_alternative<core::Act>(entry.record.body))
      rows.push_back({Table::kActs, tables::newest_first(entry.offset), archived(tables::stored(entry))});
  }
  for (const ErasedVisitor& erased : house.erased) {
    ErasedVisitor gone = erased;
    gone.gone_at = erased.at;  // nothing of it came along
    rows.push_back({Table::kErased, erased.visitor.bytes(), archived(gone)});
  }
  if (auto written = parts_.tables.write(rows); !written) return written;
  if (auto buried = parts_.state.bury(house.letters); !buried) return buried;
  while (next < house.control.size()) {
    std::vector<core::Record> some;
    std::size_t bytes = 0;
    for (; next < house.control.size() && some.size() < kEntriesAtOnce && bytes < kEntryBytes; ++next) {
      some.push_back(house.control[next].record);
      bytes += core::encoded_size_hint(some.back());
    }
    auto appended = parts_.control.append(some);
    if (!appended) return pass_on(appended);
  }
  MovedIn moved = moved_;
  moved.has_house = true;
  return note(moved, false);
}

// Lists first: where the visitor is, all of it is.
Result<void> SharedTarget::write(const VisitorBox& box) {
  StateBatch lists;
  put_lists(box, lists);
  if (auto written = parts_.tables.write(tables::list_rows_of(lists)); !written) return written;
  const SharedVisitor nobody;
  VisitorCommit commit;
  commit.key = box.key;
  commit.before = &nobody;
  commit.after = &box.visitor;
  commit.appends = box.untold;
  const UnixMillis since = clock_.now() / 1000 - kIdsSince;
  for (const core::LoggedRecord& logged : box.records) {
    if (commit.blocks.empty() || commit.blocks.back().size() >= kRecordsOfRow) commit.blocks.emplace_back();
    commit.blocks.back().push_back(logged);
    const UnixMillis at = logged.record.received_at / 1000;
    const auto id = core::foreign_id(logged.record);
    if (id && at >= since) commit.new_ids.try_emplace(*id, SeenId{logged.offset, at});
  }
  auto committed = parts_.state.commit(commit);
  // An earlier try of this import wrote it: nobody else can.
  if (!committed && committed.error().code != ErrorCode::kConflict) return pass_on(committed);
  return {};
}

Result<void> SharedTarget::take(std::span<const VisitorBox> boxes, std::uint64_t before) {
  auto done = side_by_side(boxes.size(), at_once_, [&](std::size_t i) { return write(boxes[i]); });
  if (!done) return done;
  MovedIn moved = moved_;
  moved.boxes = before + boxes.size();
  return note(moved, false);
}

Result<void> SharedTarget::finish() {
  MovedIn moved = moved_;
  moved.is_done = true;
  return note(moved, false);
}

}  // namespace handrail::moving
