// SPDX-License-Identifier: Apache-2.0
#include "training/sources/mapping.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::training;

namespace {

constexpr const char* kWhole = R"(
format = "ndjson"
site = "shop"
missing = ["NA", "?"]
visitor = "user.id"
journey = "visit"
page = "url"
step = "form_step"
funnel = "loan"
type = "do {action}-{phase}!"

[time]
column = "at"
format = "%d/%m %H:%M"
year = 2024
zone = "+02:00"

[properties]
numbers = ["amount"]
categories = ["channel", "action"]

[outcome]
goal = [{ action = "paid", phase = ["done", "closed"] }, { won = true }]
exit = [{ status = { not = ["open", 1] } }]
gives_away = [
  { action = "refund" },
]
goal_after = [{ result = "yes" }]
exit_after = [{ result = "no" }]

[journeys]
idle_end = "90d"
longest = "365d"
silence = "left_out"
)";

std::string faults_of(const std::string& toml) {
  const auto mapping = mapping_in(toml, "m.toml");
  return mapping ? std::string{} : mapping.error().message;
}

// A mapping with one thing changed.
std::string with(const std::string& before, const std::string& after, std::string toml = kWhole) {
  const std::size_t at = toml.find(before);
  REQUIRE(at != std::string::npos);
  return toml.replace(at, before.size(), after);
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

Tells tells(const Mapping& mapping, std::initializer_list<std::pair<const char*, const char*>> cells) {
  Cells row(mapping.columns.size());
  for (const auto& [name, value] : cells) {
    const auto found = std::find(mapping.columns.begin(), mapping.columns.end(), name);
    REQUIRE(found != mapping.columns.end());
    row[static_cast<std::size_t>(found - mapping.columns.begin())] = value;
  }
  const auto told = mapping.outcome.tells(row);
  REQUIRE(told);
  return *told;
}

constexpr const char* kSmall = "format = \"csv\"\ntype = \"visit\"\n[time]\ncolumn = \"at\"\nformat = \"iso8601\"\n";

}  // namespace

TEST_CASE("a mapping says all there is to say") {
  const auto mapping = mapping_in(kWhole, "m.toml");
  REQUIRE_MESSAGE(mapping, mapping.error().message);
  CHECK(mapping->format == Mapping::Format::kNdjson);
  CHECK(mapping->site == "shop");
  CHECK(mapping->missing == std::vector<std::string>{"NA", "?"});
  CHECK(mapping->columns[*mapping->visitor] == "user.id");
  CHECK(mapping->columns[*mapping->journey] == "visit");
  CHECK(mapping->columns[*mapping->page] == "url");
  CHECK(mapping->columns[*mapping->step] == "form_step");
  CHECK(mapping->funnel == "loan");
  CHECK(mapping->columns[mapping->time] == "at");
  CHECK(mapping->time_form.pattern == "%d/%m %H:%M");
  CHECK(mapping->time_form.year == 2024);
  CHECK(mapping->time_form.offset_seconds == 7200);
  REQUIRE(mapping->properties.size() == 3);
  CHECK(mapping->properties[0].is_number);
  CHECK_FALSE(mapping->properties[2].is_number);
  CHECK(mapping->properties[2].name == "action");
  CHECK(mapping->idle_end == 90 * kDay);
  CHECK(mapping->longest == 365 * kDay);
  CHECK(mapping->silence == Mapping::Silence::kLeftOut);
}

TEST_CASE("a small mapping has defaults") {
  const auto mapping = mapping_in(kSmall, "m.toml");
  REQUIRE_MESSAGE(mapping, mapping.error().message);
  CHECK(mapping->site == "default");
  CHECK(mapping->separator == ',');
  CHECK_FALSE(mapping->visitor);
  CHECK_FALSE(mapping->outcome.are_there());
  CHECK(mapping->idle_end == 30 * kMinute);
  CHECK(mapping->longest == 12 * kHour);
  CHECK(mapping->silence == Mapping::Silence::kExit);
  CHECK(mapping->columns == std::vector<std::string>{"at"});
}

TEST_CASE("a template fills in columns") {
  const auto mapping = mapping_in(kWhole, "m.toml");
  REQUIRE(mapping);
  Cells cells(mapping->columns.size());
  CHECK(mapping->type.filled(cells) == "do -!");
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = mapping->columns[i].substr(0, 3);
  CHECK(mapping->type.filled(cells) == "do act-pha!");
}

TEST_CASE("conditions: all of one table, any of the list; lists, not, and true in any case") {
  const auto mapping = mapping_in(kWhole, "m.toml");
  REQUIRE(mapping);
  CHECK(tells(*mapping, {{"action", "paid"}, {"phase", "closed"}, {"status", "open"}}) == Tells::kGoal);
  CHECK(tells(*mapping, {{"action", "paid"}, {"phase", "begun"}, {"status", "open"}}) == Tells::kNothing);
  CHECK(tells(*mapping, {{"won", "TRUE"}, {"status", "1"}}) == Tells::kGoal);
  CHECK(tells(*mapping, {{"won", "1"}, {"status", "open"}}) == Tells::kNothing);
  CHECK(tells(*mapping, {{"status", "shut"}}) == Tells::kExit);
  CHECK(tells(*mapping, {}) == Tells::kExit);  // missing is not "open"
  CHECK(tells(*mapping, {{"status", "open"}, {"action", "refund"}}) == Tells::kGivesAway);
  CHECK(tells(*mapping, {{"status", "open"}, {"result", "yes"}}) == Tells::kGoalAfter);
  CHECK(tells(*mapping, {{"status", "open"}, {"result", "no"}}) == Tells::kExitAfter);
  Cells both(mapping->columns.size());
  both[static_cast<std::size_t>(std::ranges::find(mapping->columns, "won") - mapping->columns.begin())] = "true";
  CHECK_FALSE(mapping->outcome.tells(both));
}

TEST_CASE("a condition of \"\" asks whether a column is missing") {
  const auto mapping = mapping_in(std::string(kSmall) + "[outcome]\ngoal = [{ paid_at = { not = \"\" } }]\n", "m.toml");
  REQUIRE(mapping);
  CHECK(tells(*mapping, {{"paid_at", "2026"}}) == Tells::kGoal);
  CHECK(tells(*mapping, {}) == Tells::kNothing);
}

TEST_CASE("all faults are told at once, with their lines and the nearest names") {
  const std::string faults = faults_of(
      "format = \"xml\"\nvisitr = \"a\"\njourney = \"b\"\ntype = \"{a\"\n[time]\ncolumn = 5\nformat = \"iso\"\n"
      "[propertys]\n[outcome]\ngaol = []\n[journeys]\nidle_end = \"2 weeks\"\n");
  CHECK(has(faults, "m.toml:1: format: must be \"csv\" or \"ndjson\", not \"xml\""));
  CHECK(has(faults, "m.toml:2: unknown key \"visitr\"; did you mean \"visitor\"?"));
  CHECK(has(faults, "m.toml:3: journey: needs visitor"));
  CHECK(has(faults, "m.toml:4: type: braces"));
  CHECK(has(faults, "m.toml:6: time.column: must be a text in quotes"));
  CHECK(has(faults, "m.toml:7: time.format: must be"));
  CHECK(has(faults, "m.toml:8: unknown key \"propertys\"; did you mean \"properties\"?"));
  CHECK(has(faults, "m.toml:10: unknown key \"outcome.gaol\"; did you mean \"outcome.goal\"?"));
  CHECK(has(faults, "m.toml:9: outcome: goal or goal_after must say"));
  CHECK(has(faults, "m.toml:12: journeys.idle_end: must be 1s - 3650d"));
}

TEST_CASE("what is missing is named") {
  CHECK(faults_of("") ==
        "m.toml: format: is missing: \"csv\" or \"ndjson\"\n"
        "m.toml: type: is missing: a word, or columns in braces: \"{action}\"\n"
        "m.toml: [time]: is missing");
  CHECK(has(faults_of(with("column = \"at\"", "")), "m.toml: time.column: is missing"));
  CHECK(has(faults_of("time = 5"), "m.toml:1: time: must be a table: [time]"));
  CHECK(has(faults_of("a = "), "m.toml:1: "));
}

TEST_CASE("each key has its form") {
  const std::pair<const char*, std::pair<const char*, const char*>> cases[] = {
      {"site = \"shop\"", {"site = \"\"", "site: must be a text in quotes"}},
      {"missing = [\"NA\", \"?\"]", {"missing = \"NA\"", "missing: must be a list of texts"}},
      {"missing = [\"NA\", \"?\"]", {"missing = [1]", "missing: must hold texts only"}},
      {"missing = [\"NA\", \"?\"]", {"separator = \";\"", "separator: is for format = \"csv\" only"}},
      {"format = \"ndjson\"", {"format = \"csv\"\nseparator = \";;\"", "separator: must be one character"}},
      {"funnel = \"loan\"", {"", "step: and funnel"}},
      {"do {action}-{phase}!", {"{}", "type: braces"}},
      {"do {action}-{phase}!", {"}a{", "type: braces"}},
      {"year = 2024", {"year = 24", "time.year: must be a whole number, 1970 - 9999"}},
      {"year = 2024", {"year = \"2024\"", "time.year: must be a whole number"}},
      {"+02:00", {"CET", "time.zone: must be \"Z\" or an offset"}},
      {"\"channel\", ", {"\"amount\", ", "properties.categories: \"amount\" is named twice"}},
      {"goal = [{ action", {"goal = 5 #", "outcome.goal: must be a list"}},
      {"{ won = true }", {"5", "outcome.goal: must hold tables"}},
      {"{ won = true }", {"{ won = 1.5 }", "outcome.goal.won: must be a text, a whole number"}},
      {"{ won = true }", {"{ won = [] }", "outcome.goal.won: must be a text"}},
      {"{ won = true }", {"{ won = [[1]] }", "outcome.goal.won: must be a list of values, not of lists"}},
      {"{ won = true }", {"{ a.b = 1 }", "a column with dots in its name is written in quotes"}},
      {"longest = \"365d\"", {"longest = \"89d\"", "journeys.longest: must not be shorter than idle_end"}},
      {"\"90d\"", {"\"0d\"", "journeys.idle_end: must be 1s - 3650d"}},
      {"\"365d\"", {"\"3651d\"", "journeys.longest: must be 1s - 3650d"}},
      {"left_out", {"dropped", "journeys.silence: must be \"exit\" or \"left_out\""}},
      {"\"amount\"", {"\"result\"", "properties: \"result\" tells the outcome"}},
      {"{phase}", {"{result}", "type: \"result\" tells the outcome"}},
      {"page = \"url\"", {"page = \"result\"", "page: \"result\" tells the outcome"}},
      {"step = \"form_step\"", {"step = \"result\"", "step: \"result\" tells the outcome"}},
  };
  for (const auto& [before, after] : cases) {
    CAPTURE(after.first);
    CHECK(has(faults_of(with(before, after.first)), after.second));
  }
}

TEST_CASE("limits of a mapping") {
  CHECK(has(faults_of(std::string(Mapping::kBytesMax + 1, '#')), "1 MiB at most"));
  std::string names = "missing = []\n[properties]\nnumbers = [";
  for (int i = 0; i < 1001; ++i) names += "\"c" + std::to_string(i) + "\",";
  CHECK(has(faults_of(std::string(kSmall) + names.substr(13) + "]"), "columns: more than 1000 are named"));
  CHECK(has(faults_of(with("\"shop\"", "\"" + std::string(201, 's') + "\"")), "site: may have 200 bytes"));
}

TEST_CASE("a mapping is read from its file") {
  const test::TemporaryFolder folder;
  CHECK(read_mapping(folder.path() / "none.toml").error().code == ErrorCode::kNotFound);
  CHECK_FALSE(read_mapping(folder.path()));
  std::ofstream(folder.path() / "m.toml") << kSmall;
  CHECK(read_mapping(folder.path() / "m.toml"));
  std::ofstream(folder.path() / "bad.toml") << "formt = 1";
  CHECK(has(read_mapping(folder.path() / "bad.toml").error().message, "bad.toml:1: unknown key \"formt\""));
}
