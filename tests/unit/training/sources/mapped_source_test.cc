// SPDX-License-Identifier: Apache-2.0
#include "training/sources/mapped_source.h"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::training;

namespace {

constexpr const char* kMapping = R"(
format = "csv"
missing = ["NA"]
visitor = "who"
journey = "visit"
page = "url"
step = "stage"
funnel = "order"
type = "{what}"
[time]
column = "when"
format = "unix_ms"
[properties]
numbers = ["amount"]
categories = ["channel"]
[outcome]
goal = [{ what = "paid" }]
exit = [{ what = "left" }]
)";

constexpr const char* kHeader = "who,visit,url,stage,what,when,amount,channel\n";

Mapping mapping_of(const std::string& toml) {
  auto mapping = mapping_in(toml, "m.toml");
  REQUIRE_MESSAGE(mapping, mapping.error().message);
  return *mapping;
}

Result<std::unique_ptr<MappedSource>> source_of(const std::string& text, const SourceLimits& limits = {}) {
  return MappedSource::read(mapping_of(kMapping), Input::of_text(text), "rows.csv", limits);
}

std::vector<SourceEvent> all_of(EventSource& source) {
  std::vector<SourceEvent> all;
  while (true) {
    auto next = source.next();
    REQUIRE(next);
    if (!*next) return all;
    all.push_back(std::move(**next));
  }
}

const core::Event& event_of(const SourceEvent& event) { return std::get<core::Event>(event.logged.record.body); }

std::string error_of(const std::string& rows, const SourceLimits& limits = {}) {
  const auto source = source_of(kHeader + rows, limits);
  return source ? std::string{} : source.error().message;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

void write_packed(const std::filesystem::path& file, const std::string& text, int (*filter)(archive*)) {
  archive* a = archive_write_new();
  REQUIRE(archive_write_set_format_raw(a) == ARCHIVE_OK);
  REQUIRE(filter(a) == ARCHIVE_OK);
  REQUIRE(archive_write_open_filename(a, file.c_str()) == ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(a, entry);
  REQUIRE(archive_write_data(a, text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
  archive_entry_free(entry);
  archive_write_free(a);
}

}  // namespace

TEST_CASE("a row becomes an event with everything that the mapping says") {
  const auto source = source_of(std::string(kHeader) + "ann,v1,/cart,,viewed,1000,12.50,\"a \"\"shop\"\"\"\n");
  REQUIRE_MESSAGE(source, source.error().message);
  const auto all = all_of(**source);
  REQUIRE(all.size() == 1);
  CHECK(all[0].line == 2);
  CHECK(all[0].tells == Tells::kNothing);
  CHECK(all[0].logged.offset == 0);
  CHECK(all[0].logged.record.site == "default");
  CHECK(all[0].logged.record.visitor == "ann");
  CHECK(all[0].logged.record.received_at == 1'000'000);
  const core::Event& event = event_of(all[0]);
  CHECK(event.id == "line-2");
  CHECK(event.type == "viewed");
  CHECK(event.anonymous_id == "ann");
  CHECK(event.session_id == "v1");
  CHECK(event.occurred_at == 1000);
  CHECK(event.data_json == R"({"amount":12.5,"channel":"a \"shop\""})");
  REQUIRE(std::holds_alternative<core::PageView>(event.fact));
  CHECK(std::get<core::PageView>(event.fact).path == "/cart");
}

TEST_CASE("steps, pages and other rows; what is missing is left out of the data") {
  const auto source =
      source_of(std::string(kHeader) + "a,v,/x,address,w,1,NA,\na,v,NA,,w,2,true,NA\na,v,,,paid,3,0,x\n");
  REQUIRE_MESSAGE(source, source.error().message);
  const auto all = all_of(**source);
  REQUIRE(all.size() == 3);
  REQUIRE(std::holds_alternative<core::Step>(event_of(all[0]).fact));
  CHECK(std::get<core::Step>(event_of(all[0]).fact).funnel == "order");
  CHECK(std::get<core::Step>(event_of(all[0]).fact).step == "address");
  CHECK(event_of(all[0]).data_json.empty());
  CHECK(std::holds_alternative<core::Custom>(event_of(all[1]).fact));
  CHECK(event_of(all[1]).data_json == R"({"amount":1})");
  CHECK(all[2].tells == Tells::kGoal);
}

TEST_CASE("without a visitor's column each row is its own") {
  const auto source = MappedSource::read(
      mapping_of("format = \"csv\"\ntype = \"visit\"\n[time]\ncolumn = \"m\"\nformat = \"%b\"\nyear = 2024\n"
                 "[outcome]\ngoal_after = [{ bought = true }]\nexit_after = [{ bought = false }]\n"),
      Input::of_text("m,bought\nMar,TRUE\nFeb,FALSE\nFeb,TRUE\n"), "rows.csv");
  REQUIRE_MESSAGE(source, source.error().message);
  const auto all = all_of(**source);
  REQUIRE(all.size() == 3);
  CHECK(all[0].line == 3);
  CHECK(all[1].line == 4);
  CHECK(all[2].line == 2);
  CHECK(all[0].tells == Tells::kExitAfter);
  CHECK(all[1].tells == Tells::kGoalAfter);
  CHECK(all[0].logged.record.visitor == "row-3");
  CHECK(all[1].logged.record.visitor == "row-4");
  CHECK(event_of(all[0]).session_id.empty());
}

TEST_CASE("events come in the order of time, those of one time in the file's, as often as asked") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::string text = kHeader;
    const std::size_t count = random() % 300;
    for (std::size_t i = 0; i < count; ++i) text += "a,v,,,w," + std::to_string(random() % 40) + ",,\n";
    const auto source = source_of(text);
    REQUIRE(source);
    CHECK((*source)->rows() == count);
    const auto all = all_of(**source);
    REQUIRE(all.size() == count);
    CHECK(std::ranges::is_sorted(all, {},
                                 [](const SourceEvent& e) { return std::pair(e.logged.record.received_at, e.line); }));
    for (std::size_t i = 0; i < count; ++i) CHECK(all[i].logged.offset == i);
    CHECK((*source)->share_read() == 1);
    REQUIRE((*source)->rewind());
    CHECK(all_of(**source).size() == count);
  }
}

TEST_CASE("NDJSON rows become the same events; members that no line has are named") {
  std::string toml = kMapping;
  toml.replace(toml.find("\"csv\""), 5, "\"ndjson\"");
  const auto source = MappedSource::read(
      mapping_of(toml),
      Input::of_text(
          "{\"who\":\"ann\",\"visit\":1,\"url\":\"/cart\",\"what\":\"viewed\",\"when\":1000,\"amount\":12.5}\n"),
      "r");
  REQUIRE_MESSAGE(source, source.error().message);
  const auto all = all_of(**source);
  REQUIRE(all.size() == 1);
  CHECK(event_of(all[0]).session_id == "1");
  CHECK(event_of(all[0]).data_json == R"({"amount":12.5})");
  CHECK((*source)->absent_columns() == std::vector<std::string>{"stage", "channel"});
}

TEST_CASE("each way in which a row cannot be read is told with its line and column") {
  CHECK(has(error_of("a,v,,,w,soon,,\n"), "rows.csv: line 2: when: \"soon\" is no time"));
  CHECK(has(error_of("a,v,,,w,,,\n"), "line 2: when: is missing"));
  CHECK(has(error_of(",v,,,w,1,,\n"), "line 2: who: is missing"));
  CHECK(has(error_of("a,,,,w,1,,\n"), "line 2: visit: is missing"));
  CHECK(has(error_of("a,v,,,,1,,\n"), "line 2: type: is empty"));
  CHECK(has(error_of("a,v,,,w,1,many,\n"), "line 2: amount: \"many\" is not a number"));
  CHECK(has(error_of("a,v,,,w,1,inf,\n"), "line 2: amount: \"inf\" is not a number"));
  CHECK(has(error_of("a,v,,,w,1,1e999,\n"), "line 2: amount: \"1e999\" is not a number"));
  CHECK(has(error_of("a,v,,,w,1,,caf\xE9\n"), "line 2: channel: is not UTF-8; convert the file"));
  CHECK(has(error_of(std::string(201, 'a') + ",v,,,w,1,,\n"), "has more than 200 bytes"));
  CHECK(has(error_of("a,v,,," + std::string(201, 'w') + ",1,,\n"), "line 2: type: "));
  CHECK(has(error_of("a,v," + std::string(501, 'u') + ",,w,1,,\n"), "line 2: url: "));
  CHECK(has(error_of("a,v,,,w,1,," + std::string(70'000, 'c') + "\n"), "line 2: properties: more than 64 KiB"));
  CHECK(has(error_of("a,v,,,w,1\n"), "line 2: has 6 cells, and the header 8"));
}

TEST_CASE("a row that tells of both outcomes is no row") {
  std::string toml = kMapping;
  toml += "exit_after = [{ channel = \"x\" }]\n";
  toml.replace(toml.find("categories = [\"channel\"]"), 24, "");
  const auto source =
      MappedSource::read(mapping_of(toml), Input::of_text(std::string(kHeader) + "a,v,,,paid,1,,x\n"), "r");
  REQUIRE_FALSE(source);
  CHECK(has(source.error().message, "line 2: tells of the goal and of an exit at once"));
}

TEST_CASE("bad rows are left out only where they may be, and are counted and told") {
  std::string rows;
  for (int i = 0; i < 7; ++i) rows += "a,v,,,w,bad,,\n";
  rows += "a,v,,,w,1,,\n";
  const std::string error = error_of(rows, {.bad_rows_max = 6});
  CHECK(has(error, "rows.csv: line 2: when"));
  CHECK(has(error, "rows.csv: line 6: when"));
  CHECK_FALSE(has(error, "line 7"));
  CHECK(has(error, "and 2 rows more"));
  CHECK(has(error, "7 rows cannot be read; correct them, or allow so many to be left out (bad_rows_max is 6)"));
  const auto source = source_of(kHeader + rows, {.bad_rows_max = 7});
  REQUIRE(source);
  CHECK((*source)->rows() == 1);
  CHECK((*source)->bad_rows() == 7);
  CHECK((*source)->faults().size() == MappedSource::kFaultsTold);
}

TEST_CASE("limits on rows and memory are named") {
  const std::string rows = "a,v,,,w,1,,\na,v,,,w,2,,\na,v,,,w,3,,\n";
  CHECK(has(error_of(rows, {.rows_max = 2}), "rows.csv: more than 2 rows (rows_max)"));
  CHECK(error_of(rows, {.rows_max = 3}).empty());
  CHECK(has(error_of(rows, {.bytes_max = 100}), "(bytes_max)"));
}

TEST_CASE("a mapping that does not fit the file is refused before any row") {
  CHECK(has(source_of("who,visit,url,stage,what,wen,amount,channel\n").error().message,
            "rows.csv: line 1: there is no column \"when\"; did you mean \"wen\"?"));
  std::string toml = kMapping;
  toml.replace(toml.find("{what}"), 6, "what");
  const auto source = MappedSource::read(mapping_of(toml), Input::of_text(kHeader), "r");
  REQUIRE_FALSE(source);
  CHECK(has(source.error().message, "type: \"what\" is a column; write \"{what}\""));
}

TEST_CASE("a file without rows is empty, and no error") {
  const auto source = source_of(kHeader);
  REQUIRE(source);
  CHECK((*source)->share_read() == 1);
  CHECK(all_of(**source).empty());
}

TEST_CASE("compressed files are read as what is in them, and damaged ones refused") {
  const test::TemporaryFolder folder;
  std::string text = kHeader;
  for (int i = 0; i < 20'000; ++i)
    text += "a,v,/" + std::to_string(i * 7919 % 10007) + ",,w," + std::to_string(i) + ",,\n";
  const Mapping mapping = mapping_of(kMapping);
  const std::pair<const char*, int (*)(archive*)> filters[] = {{"rows.csv", archive_write_add_filter_none},
                                                               {"rows.csv.gz", archive_write_add_filter_gzip},
                                                               {"rows.csv.xz", archive_write_add_filter_xz},
                                                               {"rows.csv.zst", archive_write_add_filter_zstd},
                                                               {"rows.csv.bz2", archive_write_add_filter_bzip2}};
  for (const auto& [name, filter] : filters) {
    CAPTURE(name);
    const auto file = folder.path() / name;
    write_packed(file, text, filter);
    const auto source = MappedSource::open(mapping, file);
    REQUIRE_MESSAGE(source, source.error().message);
    CHECK((*source)->rows() == 20'000);
    if (filter == archive_write_add_filter_none) continue;
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    const auto half = MappedSource::open(mapping, file);
    REQUIRE_FALSE(half);
    CHECK(half.error().code == ErrorCode::kCorrupt);
    CHECK(has(half.error().message, "cannot be "));
  }
}

TEST_CASE("a file that is none is refused") {
  const test::TemporaryFolder folder;
  const Mapping mapping = mapping_of(kMapping);
  CHECK(MappedSource::open(mapping, folder.path() / "none").error().code == ErrorCode::kNotFound);
  CHECK(MappedSource::open(mapping, folder.path()).error().code == ErrorCode::kInvalidArgument);
  std::ofstream(folder.path() / "empty.csv");
  CHECK(has(MappedSource::open(mapping, folder.path() / "empty.csv").error().message, "line 1: is empty"));
}
