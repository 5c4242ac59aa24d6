// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/dynamodb/database.h"
#include "adapters/dynamodb/dynamo_tables.h"
#include "ports/control_log.h"

namespace handrail::dynamodb {

// The control log in a table: entries that were appended together are one item under the offset of the first, put on
// the condition that it is not there yet, so that writers agree on an order.
class DynamoControl final : public ControlLog {
 public:
  DynamoControl(Database& database, DynamoTables& tables) : database_(database), tables_(tables) {}

  Result<Offset> append(const std::vector<core::Record>& entries) override;
  Result<std::vector<core::LoggedRecord>> read(Offset from) override;
  Result<std::size_t> forget(Offset below, const std::function<bool(Offset)>& is_needed) override;

 private:
  // What was appended together, in order of offsets, until `take` fails.
  struct Appended {
    Offset first = 0;
    std::vector<std::string> records;
  };
  Result<void> each_from(Offset from, const std::function<Result<void>(Appended)>& take);
  Result<void> list_acts(const std::vector<core::Record>& entries, Offset first);

  Database& database_;
  DynamoTables& tables_;
  std::mutex appending_;  // one at a time; guards end_
  Offset end_ = 0;        // at least; where another process wrote, its item is found
};

}  // namespace handrail::dynamodb
