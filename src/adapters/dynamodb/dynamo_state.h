// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/common/table_state_store.h"
#include "adapters/dynamodb/database.h"
#include "adapters/dynamodb/dynamo_history.h"
#include "adapters/dynamodb/dynamo_tables.h"
#include "ports/shared_state.h"

namespace handrail::dynamodb {

// Visitors in DynamoDB, an item each: the state packed, its version, the newest block's sequence number, what is not
// yet told, and the next deadline. One PutItem on the condition of the version makes a commit; records and foreign ids
// are written before it under keys that a repetition finds again, lists after it.
class DynamoState final : public SharedState {
 public:
  struct Parts {
    Database& database;
    DynamoTables& tables;
    TableStateStore& lists;  // over the same tables
    DynamoHistory& history;
    const Clock& clock;
  };
  DynamoState(Parts parts, Millis kept) : parts_(parts), kept_(kept) {}

  Result<std::vector<SharedVisitor>> load(std::span<const VisitorKey> keys) override;
  Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) override {
    return parts_.history.seen_ids(key, ids);
  }
  Result<SharedVisitor> commit(const VisitorCommit& commit) override;
  Result<void> write_rows(const std::string& rows, std::uint64_t version) override;
  Result<void> mark_told(VisitorKey key, std::uint64_t version) override;
  Result<void> bury(std::span<const DeadLetter> letters) override;
  Result<std::vector<TimerRow>> due(UnixMillis now, std::size_t limit) override;

 private:
  Item item_of(const VisitorCommit& commit, const SharedVisitor& after) const;

  const Parts parts_;
  const Millis kept_;
};

}  // namespace handrail::dynamodb
