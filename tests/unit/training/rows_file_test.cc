// SPDX-License-Identifier: Apache-2.0
#include "training/rows_file.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "tests/unit/training/rows.h"
#include "training/rows_writer.h"

using namespace handrail;
using namespace handrail::training;

namespace {

std::string table_of(const TrainingSet& set) {
  std::string table = rows_header(set);
  for (std::size_t i = 0; i < set.size(); ++i) table += rows_line(set, i);
  return table;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

Error error_of(const std::string& table, const RowsSchema& schema) {
  const auto rows = read_rows(Input::of_text(table), schema);
  REQUIRE_FALSE(rows);
  return rows.error();
}

}  // namespace

TEST_CASE("a table of rows is read back as it was written") {
  Extracted written = test::rows_of_visitors(40);
  written.set.rows[3].weight = 2.5F;
  written.set.numbers[1] = 1e-40F;
  written.set.numbers[2] = std::numeric_limits<float>::infinity();
  const auto schema = rows_schema_in(rows_schema(written));
  REQUIRE_MESSAGE(schema, schema.error().message);
  CHECK(schema->recipe == written.recipe);
  const auto read = read_rows(Input::of_text(table_of(written.set)), *schema);
  REQUIRE_MESSAGE(read, read.error().message);
  CHECK(read->recipe == written.recipe);
  CHECK(read->set.number_names == written.set.number_names);
  CHECK(read->set.category_names == written.set.category_names);
  CHECK(read->set.categories == written.set.categories);
  REQUIRE(read->set.numbers.size() == written.set.numbers.size());
  for (std::size_t i = 0; i < written.set.numbers.size(); ++i) {
    const float was = written.set.numbers[i], is = read->set.numbers[i];
    CHECK((std::isnan(was) ? std::isnan(is) : std::bit_cast<std::uint32_t>(is) == std::bit_cast<std::uint32_t>(was)));
  }
  for (std::size_t i = 0; i < written.set.size(); ++i) {
    const TrainingSet::Row &was = written.set.rows[i], &is = read->set.rows[i];
    CHECK(is.visitor == was.visitor);
    CHECK(is.journey == was.journey);
    CHECK(is.at == was.at);
    CHECK(is.prefix == was.prefix);
    CHECK(is.events_left == was.events_left);
    CHECK(is.weight == was.weight);
    CHECK(is.is_exit == was.is_exit);
  }
  CHECK(read->counts.journeys == 40);
  CHECK(read->counts.goals + read->counts.exits == 40);
  CHECK(read->counts.to == written.set.rows.back().at);
}

TEST_CASE("a table that is not the one of its schema is refused by line and column") {
  const Extracted written = test::rows_of_visitors(5);
  const RowsSchema schema = rows_schema_in(rows_schema(written)).value();
  const std::string table = table_of(written.set), first = rows_line(written.set, 0);
  const auto message = [&](const std::string& changed) { return error_of(changed, schema).message; };
  CHECK(message(replaced(table, first, "")).find("its schema says") != std::string::npos);
  CHECK(message(rows_header(written.set)).find("0 rows") != std::string::npos);
  CHECK(message(replaced(table, "events_left", "left")).find("no column \"events_left\"") != std::string::npos);
  CHECK(message(replaced(table, first.substr(0, 16), "4.2e16")).find("line 2: \"visitor\"") != std::string::npos);
  CHECK(message(replaced(table, first, first + first.substr(0, 20) + "\n")).find("line 3: has") != std::string::npos);
  CHECK(message(table + first).find("stands where it was not written") != std::string::npos);
  std::string no_number = first;
  no_number.insert(no_number.find(",1,") + 3, "x");
  CHECK(message(replaced(table, first, no_number)).find("line 2") != std::string::npos);
}

TEST_CASE("a schema that this program did not write, or another one, is refused by its member") {
  const std::string schema = rows_schema(test::rows_of_visitors(5));
  const auto field_of = [](const std::string& text) {
    const auto read = rows_schema_in(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kInvalidArgument);
    return read.error().field;
  };
  CHECK(field_of("[]") == "schema");
  CHECK(field_of(schema.substr(0, 40)) == "schema");
  CHECK(field_of(replaced(schema, "\"featuresVersion\":2", "\"featuresVersion\":99")) == "featuresVersion");
  CHECK(field_of(replaced(schema, "\"rows\":", "\"lines\":")) == "rows");
  CHECK(field_of(replaced(schema, "\"types\":[\"page\"", "\"types\":[\"pages\"")) == "schemaHash");
  CHECK(field_of(replaced(schema, "\"types\":[\"page\"", "\"types\":[7")) == "types");
  CHECK(field_of(replaced(schema, "\"kind\":\"number\"", "\"kind\":\"text\"")) == "properties");
}
