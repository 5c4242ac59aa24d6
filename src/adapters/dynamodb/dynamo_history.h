// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>

#include "adapters/dynamodb/database.h"
#include "ports/clock.h"
#include "ports/record_sink.h"
#include "ports/shared_state.h"

namespace handrail::dynamodb {

// The records of visitors, a row a block as it came, and the foreign ids among them.
class DynamoHistory final : public RecordHistory {
 public:
  DynamoHistory(Database& database, const Clock& clock, Millis kept)
      : database_(database), clock_(clock), kept_(kept) {}

  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override;
  Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids);
  // The same again leaves the same.
  Result<void> write(VisitorKey key, std::span<const std::vector<core::LoggedRecord>> blocks,
                     const std::map<std::uint64_t, SeenId>& new_ids);
  // Of the records below this offset.
  Result<void> erase(VisitorKey key, Offset below);

 private:
  void add_rows(std::vector<Database::Row>& rows, VisitorKey key, std::span<const core::LoggedRecord> block) const;

  Database& database_;
  const Clock& clock_;
  const Millis kept_;
};

}  // namespace handrail::dynamodb
