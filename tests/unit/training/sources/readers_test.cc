// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <random>

#include "training/sources/csv_reader.h"
#include "training/sources/ndjson_reader.h"

using namespace handrail;
using namespace handrail::training;

namespace {

using Columns = std::vector<std::string>;

// Each row as its line and cells, or its fault; an error at the end.
struct Told {
  std::vector<std::pair<std::uint64_t, Columns>> rows;
  std::vector<std::string> faults;
  std::string error;
};

Told told_by(RowReader& reader) {
  Told told;
  Row row;
  while (true) {
    const auto next = reader.next(row);
    if (!next) told.error = next.error().message;
    if (!next || *next == RowReader::Next::kEnd) return told;
    if (*next == RowReader::Next::kRow) told.rows.emplace_back(row.line, row.cells);
    if (*next == RowReader::Next::kBadRow) told.faults.push_back(std::to_string(row.line) + ": " + row.fault);
  }
}

Told csv(const std::string& text, const Columns& columns, char separator = ',', std::size_t piece = 3) {
  auto reader = CsvReader::open(Input::of_text(text, piece), columns, separator);
  if (!reader) return {{}, {}, reader.error().message};
  return told_by(**reader);
}

Told ndjson(const std::string& text, const Columns& columns, std::size_t piece = 3) {
  auto reader = NdjsonReader::open(Input::of_text(text, piece), columns);
  if (!reader) return {{}, {}, reader.error().message};
  return told_by(**reader);
}

std::string csv_cell(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("CSV: columns are found by the header, in any order, whatever else it has") {
  const Told told = csv("a,b,c\n1,2,3\n4,,6\n", {"c", "b"});
  REQUIRE(told.rows.size() == 2);
  CHECK(told.rows[0] == std::pair(std::uint64_t{2}, Columns{"3", "2"}));
  CHECK(told.rows[1] == std::pair(std::uint64_t{3}, Columns{"6", ""}));
}

TEST_CASE("CSV: quotes, either line end, a byte order mark, and rows of several lines") {
  const std::string text =
      "\xEF\xBB\xBF"
      "a,\"b\"\r\n\"x,\"\"y\"\"\",\"one\r\ntwo\"\r\n\r\nlast,5' 3\"";
  for (const std::size_t piece : {1, 2, 7, 1000}) {
    const Told told = csv(text, {"a", "b"}, ',', piece);
    CHECK(told.error == "");
    REQUIRE(told.rows.size() == 2);
    CHECK(told.rows[0] == std::pair(std::uint64_t{2}, Columns{"x,\"y\"", "one\r\ntwo"}));
    CHECK(told.rows[1] == std::pair(std::uint64_t{5}, Columns{"last", "5' 3\""}));
  }
}

TEST_CASE("CSV: another separator") {
  CHECK(csv("a;b\n1;2,5\n", {"b"}, ';').rows[0].second == Columns{"2,5"});
  CHECK(csv("a\tb\n1\t2\n", {"b"}, '\t').rows[0].second == Columns{"2"});
}

TEST_CASE("CSV: rows that do not fit the header are told with their line, and reading goes on") {
  const Told told = csv("a,b\n1\n1,2,3\n\"1\" x,2\n5,6\n", {"a"});
  REQUIRE(told.faults.size() == 3);
  CHECK(told.faults[0] == "2: has 1 cells, and the header 2");
  CHECK(told.faults[1] == "3: has 3 cells, and the header 2");
  CHECK(has(told.faults[2], "4: has something between a closing quote"));
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0].second == Columns{"5"});
}

TEST_CASE("CSV: a header that cannot be used is refused, with the nearest name") {
  CHECK(csv("visitor,page\n", {"visitr", "when"}).error ==
        "line 1: there is no column \"visitr\"; did you mean \"visitor\"?\n"
        "line 1: there is no column \"when\"; did you mean \"page\"?");
  CHECK(csv("a,a\n", {"a"}).error == "line 1: there are several columns \"a\"");
  CHECK(has(csv("", {"a"}).error, "line 1: is empty"));
  CHECK(has(csv("\n1\n", {"a"}).error, "line 1: is empty"));
  CHECK(has(csv(std::string("\xFF\xFE"
                            "a\0",
                            4),
                {"a"})
                .error,
            "UTF-16"));
  CHECK(has(csv("\xEF\xBB"
                "a",
                {"a"})
                .error,
            "byte order mark"));
}

TEST_CASE("CSV: what would never end is refused: a quote, a cell, a row, columns") {
  CHECK(has(csv("a,b\n1,2\n\"3,4\n5,6\n", {"a"}).error, "line 3: a quote that is opened in this row is never closed"));
  CHECK(has(csv("a\n" + std::string(CsvReader::kCellBytesMax + 1, 'x'), {"a"}, ',', 1000).error,
            "line 2: a cell of more than 1 MiB"));
  CHECK(has(csv("a\n\"" + std::string(CsvReader::kCellBytesMax + 1, 'x'), {"a"}, ',', 1000).error,
            "line 2: a cell of more than 1 MiB"));
  std::string row;
  for (int i = 0; i < 5; ++i) row += std::string(CsvReader::kCellBytesMax - 1, 'x') + ",";
  CHECK(has(csv("a\n" + row, {"a"}, ',', 1000).error, "line 2: a row of more than 4 MiB"));
  CHECK(has(csv(std::string(CsvReader::kColumnsMax, ','), {"a"}, ',', 1000).error, "line 1: more than 10000 columns"));
  CHECK(csv("a\n" + std::string(CsvReader::kCellBytesMax, 'x'), {"a"}, ',', 1000).rows.size() == 1);
}

TEST_CASE("NDJSON: members, those of inner objects, and every kind of value") {
  const Told told = ndjson(
      "\xEF\xBB\xBF{\"a\":{\"b\":\"x\"},\"n\":1.50,\"t\":true}\r\n\n"
      "{\"a.b\":\"whole\",\"a\":{\"b\":2},\"n\":null}\n"
      "{\"a\":7,\"n\":12345678901234567890,\"t\":-3}",
      {"a.b", "n", "t"});
  CHECK(told.faults.empty());
  REQUIRE(told.rows.size() == 3);
  CHECK(told.rows[0] == std::pair(std::uint64_t{1}, Columns{"x", "1.5", "true"}));
  CHECK(told.rows[1] == std::pair(std::uint64_t{3}, Columns{"whole", "", ""}));
  CHECK(told.rows[2] == std::pair(std::uint64_t{4}, Columns{"", "12345678901234567890", "-3"}));
}

TEST_CASE("NDJSON: lines that cannot be read are told with their number, and reading goes on") {
  const Told told = ndjson(
      "{\"a\":1\n[1]\n{\"a\":[1]}\n{\"a\":\"" + std::string(NdjsonReader::kRowBytesMax, 'x') + "\"}\n{\"a\":2}\n",
      {"a"}, 1000);
  REQUIRE(told.faults.size() == 4);
  CHECK(has(told.faults[0], "1: is no JSON: "));
  CHECK(told.faults[1] == "2: is no JSON object");
  CHECK(told.faults[2] == "3: a: is an object or array; name a member within");
  CHECK(told.faults[3] == "4: is longer than 4 MiB");
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0].first == 5);
}

TEST_CASE("NDJSON: columns that no line has are known at the end") {
  auto reader =
      NdjsonReader::open(Input::of_text("{\"a\":1}\n{\"b\":{\"c\":null}}\n"), Columns{"a", "b.c", "b.d", "e"});
  REQUIRE(reader);
  CHECK(told_by(**reader).rows.size() == 2);
  CHECK((*reader)->absent_columns() == Columns{"b.d", "e"});
}

TEST_CASE("any rows come back the same from CSV and from NDJSON") {
  const std::string alphabet = "ab,;\"\n\r\t'{}\\ \xC3\xA9";
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::size_t width = 1 + random() % 5, count = random() % 8;
    Columns columns;
    for (std::size_t c = 0; c < width; ++c) columns.push_back("c" + std::to_string(c));
    std::string as_csv, as_ndjson;
    for (const auto& name : columns) as_csv += (as_csv.empty() ? "" : ",") + name;
    as_csv += "\r\n";
    std::vector<Columns> wanted;
    for (std::size_t r = 0; r < count; ++r) {
      Columns cells;
      boost::json::object object;
      for (std::size_t c = 0; c < width; ++c) {
        std::string cell;
        for (std::size_t n = random() % 6; n > 0; --n) {
          const std::size_t letter = random() % (alphabet.size() - 1);
          cell += letter + 2 == alphabet.size() ? alphabet.substr(letter) : alphabet.substr(letter, 1);
        }
        as_csv += (c == 0 ? "" : ",") + csv_cell(cell);
        object[columns[c]] = cell;
        cells.push_back(cell);
      }
      as_csv += r % 2 == 0 ? "\n" : "\r\n";
      as_ndjson += boost::json::serialize(object) + "\n";
      wanted.push_back(cells);
    }
    for (const Told& told :
         {csv(as_csv, columns, ',', 1 + random() % 9), ndjson(as_ndjson, columns, 1 + random() % 9)}) {
      CHECK(told.error == "");
      CHECK(told.faults.empty());
      std::vector<Columns> seen;
      for (const auto& [line, cells] : told.rows) seen.push_back(cells);
      CHECK(seen == wanted);
    }
  }
}
