// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/aws/client.h"
#include "adapters/dynamodb/item.h"

namespace handrail::dynamodb {

struct DatabaseOptions {
  std::string prefix = "handrail-";  // of the tables' names
  int rounds_max = 8;                // of what a batch left undone; then kUnavailable
  aws::RetryPolicy retry;            // pauses between the rounds
};

// The operations of DynamoDB that Handrail uses, whole: pages are read to their end, what a batch leaves undone is
// asked for again after a pause with jitter. Thread-safe; blocks.
class Database {
 public:
  struct Row {
    std::string table;  // without the prefix
    Item key_or_item;
    bool removes = false;
  };
  using Located = std::pair<std::string, Item>;  // table and key, or item

  Database(DatabaseOptions options, aws::Client& client, aws::Client::Surrounding around)
      : options_(std::move(options)), client_(client), around_(std::move(around)) {}

  std::string name_of(std::string_view table) const { return options_.prefix + std::string(table); }

  // One operation ("PutItem").
  Result<boost::json::object> call(const std::string& operation, const boost::json::object& request);
  // As they are now, those that exist; all keys different.
  Result<std::vector<Located>> get(std::span<const Located> keys);
  // Each whole, not all together; may be repeated. All keys different.
  Result<void> write(std::span<const Row> rows);
  // A query without its table, page by page, until `take` says false or there are no more.
  Result<void> query(std::string_view table, boost::json::object request, const std::function<bool(const Item&)>& take);
  // A scan likewise: every row of the table, in no order.
  Result<void> scan(std::string_view table, boost::json::object request, const std::function<bool(const Item&)>& take);

 private:
  Result<void> pages(const std::string& operation, std::string_view table, boost::json::object request,
                     const std::function<bool(const Item&)>& take);
  void pause(int round);

  const DatabaseOptions options_;
  aws::Client& client_;
  aws::Client::Surrounding around_;
};

}  // namespace handrail::dynamodb
