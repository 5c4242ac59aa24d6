// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/common/table_engine.h"
#include "adapters/dynamodb/database.h"
#include "base/id.h"
#include "ports/clock.h"

namespace handrail::dynamodb {

// Where a row of a state table lies: which table of the database, and its two keys there.
struct Address {
  std::string_view table;
  std::string pk, sk;
  Item key() const { return {{"pk", text(pk)}, {"sk", text(sk)}}; }
};
Address address_of(Table table, std::string_view key);

// "visitor#" and the hash: what a visitor's own rows in kJourneys and kEvents are kept under.
std::string visitor_pk(const VisitorKey& visitor);

// The lists of the state in DynamoDB. Values are kept packed; rows go when they are `kept` old. A write is not atomic:
// each row is whole, and the same write again leaves the same. The visitors themselves are DynamoState's: here they are
// read only. Rows can be scanned only under a prefix that names a partition ("address_of" says how long it is).
class DynamoTables final : public TableEngine {
 public:
  DynamoTables(Database& database, const Clock& clock, Millis kept) : database_(database), clock_(clock), kept_(kept) {}

  Result<void> write(std::span<const Write> writes) override;
  // What a visitor caused at this version: a row that it wrote at a later one stays as it is. Rows without a value are
  // the same whoever writes them; one in a list of what is live or open may be written after it went, which readers see
  // by what it names.
  Result<void> write_at(std::span<const Write> writes, std::uint64_t version);
  Result<void> purge() override { return {}; }  // the service's own matter
  Result<void> copy_to(const std::filesystem::path& folder) override;
  Result<void> sync() override { return {}; }  // every write is
  Result<std::vector<std::optional<std::string>>> get(Table table, std::span<const std::string> keys) override;
  Result<Rows> scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit) override;

 private:
  std::vector<Database::Row> rows_of(std::span<const Write> writes) const;
  Result<void> put_at(Database::Row row, std::uint64_t version);

  Database& database_;
  const Clock& clock_;
  const Millis kept_;
};

// A row's value, packed, and back.
void put_value(Item& item, std::string_view value);
Result<std::string> value_in(const Item& item);

}  // namespace handrail::dynamodb
