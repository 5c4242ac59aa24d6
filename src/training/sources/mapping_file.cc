// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/nearest.h"
#include "base/toml.h"
#include "training/sources/mapping.h"

namespace handrail::training {
namespace {

struct Unit {
  const char* name;
  Millis length;
};
constexpr Unit kUnits[] = {{"s", kSecond}, {"min", kMinute}, {"h", kHour}, {"d", kDay}};

// "90d". Nothing: no length of time, or one outside 1 s - kSpanMax.
std::optional<Millis> span_in(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (ec != std::errc{} || count < 1) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (name == unit.name && count <= Mapping::kSpanMax / unit.length) return count * unit.length;
  }
  return std::nullopt;
}

// Takes a document apart; faults are gathered, each with its line.
class MappingReader {
 public:
  explicit MappingReader(std::string name) : name_(std::move(name)) {}

  Mapping take(const toml::table& root) {
    at_ = {&root, ""};
    only({"format", "separator", "site", "missing", "visitor", "journey", "page", "step", "funnel", "type", "time",
          "properties", "outcome", "journeys"});
    take_form();
    take_who();
    within("time", true, [&] { take_time(); });
    within("properties", false, [&] { take_properties(); });
    within("outcome", false, [&] { take_outcome(); });
    within("journeys", false, [&] { take_journeys(); });
    check_leaks();
    if (mapping_.columns.size() > Mapping::kColumnsMax)
      fault(nullptr, "columns", "more than 1000 are named; fewer must do");
    return std::move(mapping_);
  }

  void fault(const toml::node* node, const std::string& key, const std::string& what) {
    faults_ += faults_.empty() ? "" : "\n";
    faults_ += name_;
    if (node != nullptr) faults_ += ":" + std::to_string(node->source().begin.line);
    faults_ += ": " + key + (key.empty() ? "" : ": ") + what;
  }
  const std::string& faults() const { return faults_; }

 private:
  // The table that is being read, and what its keys begin with.
  struct Place {
    const toml::table* table = nullptr;
    std::string prefix;
  };

  std::string full(std::string_view key) const { return at_.prefix + std::string(key); }
  const toml::node* find(std::string_view key) const { return at_.table->get(key); }

  void only(std::initializer_list<const char*> names) {
    const std::vector<std::string> known(names.begin(), names.end());
    for (const auto& [key, node] : *at_.table) {
      if (std::ranges::find(known, key.str()) == known.end())
        fault(
            &node, "",
            "unknown key \"" + full(key.str()) + "\"; did you mean \"" + full(nearest_name(key.str(), known)) + "\"?");
    }
  }

  template <class Take>
  void within(const char* name, bool is_needed, Take take) {
    const toml::node* node = find(name);
    if (node == nullptr && is_needed) fault(nullptr, std::string("[") + name + "]", "is missing");
    if (node == nullptr) return;
    if (node->as_table() == nullptr) return fault(node, name, std::string("must be a table: [") + name + "]");
    const Place outer = at_;
    at_ = {node->as_table(), std::string(name) + "."};
    take();
    at_ = outer;
  }

  std::optional<std::string> text(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_string(); value != nullptr && !value->get().empty()) return value->get();
    fault(node, full(key), "must be a text in quotes, and not an empty one");
    return std::nullopt;
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> all;
    const toml::node* node = find(key);
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr) fault(node, full(key), "must be a list of texts");
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      if (const auto* one = (*array)[i].as_string(); one != nullptr && !one->get().empty()) {
        all.push_back(one->get());
      } else {
        fault(&(*array)[i], full(key), "must hold texts only, and no empty one");
      }
    }
    return all;
  }

  ColumnIndex index_of(const std::string& column) {
    const auto found = std::ranges::find(mapping_.columns, column);
    if (found != mapping_.columns.end()) return static_cast<ColumnIndex>(found - mapping_.columns.begin());
    mapping_.columns.push_back(column);
    return mapping_.columns.size() - 1;
  }

  std::optional<ColumnIndex> column(std::string_view key) {
    const auto name = text(key);
    return name ? std::optional(index_of(*name)) : std::nullopt;
  }

  void take_form() {
    const auto format = text("format");
    if (format == "ndjson") mapping_.format = Mapping::Format::kNdjson;
    if (format && format != "csv" && format != "ndjson")
      fault(find("format"), "format", "must be \"csv\" or \"ndjson\", not \"" + *format + "\"");
    if (find("format") == nullptr) fault(nullptr, "format", "is missing: \"csv\" or \"ndjson\"");
    if (const auto separator = text("separator")) {
      const bool fits = separator->size() == 1 && std::string_view("\"\r\n").find(*separator) == std::string::npos;
      if (!fits) fault(find("separator"), "separator", "must be one character, such as \",\", \";\" or \"\\t\"");
      if (mapping_.format == Mapping::Format::kNdjson)
        fault(find("separator"), "separator", "is for format = \"csv\" only");
      mapping_.separator = separator->front();
    }
    mapping_.missing = texts("missing");
  }

  void take_who() {
    if (auto site = text("site")) mapping_.site = std::move(*site);
    if (mapping_.site.size() > Mapping::kNameBytesMax) fault(find("site"), "site", "may have 200 bytes at most");
    mapping_.visitor = column("visitor");
    mapping_.journey = column("journey");
    if (find("journey") != nullptr && find("visitor") == nullptr)
      fault(find("journey"), "journey",
            "needs visitor, too; where each journey is a visitor's only one, name its column in both");
    mapping_.page = column("page");
    mapping_.step = column("step");
    if (auto funnel = text("funnel")) mapping_.funnel = std::move(*funnel);
    if ((find("step") == nullptr) != (find("funnel") == nullptr))
      fault(nullptr, "step", "and funnel (a word) belong together");
    if (const auto type = text("type")) {
      take_template(*type);
    } else if (find("type") == nullptr) {
      fault(nullptr, "type", "is missing: a word, or columns in braces: \"{action}\"");
    }
  }

  void take_template(std::string_view rest) {
    while (!rest.empty()) {
      const std::size_t open = rest.find('{'), close = rest.find('}');
      const bool has_words_only = open == std::string_view::npos && close == std::string_view::npos;
      const std::string_view words = rest.substr(0, open);
      if (!words.empty()) mapping_.type.parts.push_back({std::string(words), {}});
      if (has_words_only) return;
      if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2)
        return fault(find("type"), "type", "braces must stand around a column's name: \"{action}\"");
      mapping_.type.parts.push_back({{}, index_of(std::string(rest.substr(open + 1, close - open - 1)))});
      rest.remove_prefix(close + 1);
    }
  }

  void take_time() {
    only({"column", "format", "year", "zone"});
    if (const auto found = column("column")) mapping_.time = *found;
    if (find("column") == nullptr) fault(nullptr, "time.column", "is missing");
    if (find("format") == nullptr)
      fault(nullptr, "time.format", "is missing: \"iso8601\", \"unix_s\", \"unix_ms\", \"unix_us\" or a pattern");
    if (const auto name = text("format")) {
      if (auto form = TimeForm::named(*name)) {
        mapping_.time_form = std::move(*form);
      } else {
        fault(find("format"), "time.format",
              "must be \"iso8601\", \"unix_s\", \"unix_ms\", \"unix_us\" or a pattern of strptime's such as \"%d/%m/%Y "
              "%H:%M\", "
              "without %s and %f; it is \"" +
                  *name + "\"");
      }
    }
    if (const toml::node* node = find("year")) {
      const std::int64_t year = node->value_or(std::int64_t{-1});
      const bool fits = node->is_integer() && year >= TimeForm::kEarliestYear && year <= TimeForm::kLatestYear;
      if (!fits) fault(node, "time.year", "must be a whole number, 1970 - 9999");
      if (fits) mapping_.time_form.year = static_cast<int>(year);
    }
    if (const auto zone = text("zone")) {
      const auto offset = offset_in(*zone);
      if (!offset) fault(find("zone"), "time.zone", "must be \"Z\" or an offset such as \"+02:00\"");
      mapping_.time_form.offset_seconds = offset.value_or(0);
    }
  }

  void take_properties() {
    only({"numbers", "categories"});
    for (const bool is_number : {true, false}) {
      const char* key = is_number ? "numbers" : "categories";
      for (const std::string& name : texts(key)) {
        const bool is_twice =
            std::ranges::any_of(mapping_.properties, [&](const Property& p) { return p.name == name; });
        if (is_twice) fault(find(key), full(key), "\"" + name + "\" is named twice");
        if (name.size() > Mapping::kNameBytesMax) fault(find(key), full(key), "a name may have 200 bytes at most");
        mapping_.properties.push_back({name, index_of(name), is_number});
      }
    }
  }

  void take_outcome() {
    only({"goal", "exit", "gives_away", "goal_after", "exit_after"});
    mapping_.outcome.goal = conditions("goal");
    mapping_.outcome.exit = conditions("exit");
    mapping_.outcome.gives_away = conditions("gives_away");
    mapping_.outcome.goal_after = conditions("goal_after");
    mapping_.outcome.exit_after = conditions("exit_after");
    if (!mapping_.outcome.are_there())
      fault(at_.table, "outcome", "goal or goal_after must say which rows tell of success");
  }

  Conditions conditions(std::string_view key) {
    Conditions all;
    const toml::node* node = find(key);
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->empty() || array->size() > Mapping::kConditionsMax) {
      fault(node, full(key), "must be a list of 1 - 1000 conditions: [{ status = \"paid\" }]");
      return all;
    }
    for (const toml::node& one : *array) {
      if (const toml::table* table = one.as_table(); table != nullptr && !table->empty()) {
        all.push_back(condition(*table, full(key)));
      } else {
        fault(&one, full(key), "must hold tables of columns: { status = \"paid\" }");
      }
    }
    return all;
  }

  Condition condition(const toml::table& table, const std::string& key) {
    Condition condition;
    for (const auto& [column, node] : table) {
      Condition::Member member;
      member.column = index_of(std::string(column.str()));
      const toml::node* wanted = &node;
      if (const toml::table* inner = node.as_table()) {
        wanted = inner->get("not");
        member.is_negated = true;
        if (inner->size() != 1 || wanted == nullptr) {
          fault(&node, key + "." + std::string(column.str()),
                "must be a value, a list of values, or { not = ... }; a column with dots in its name is written in "
                "quotes");
          continue;
        }
      }
      take_values(*wanted, key + "." + std::string(column.str()), member);
      condition.members.push_back(std::move(member));
    }
    return condition;
  }

  void take_values(const toml::node& node, const std::string& key, Condition::Member& member) {
    if (const toml::array* list = node.as_array(); list != nullptr && !list->empty()) {
      for (const toml::node& one : *list) {
        if (one.is_array()) return fault(&one, key, "must be a list of values, not of lists");
        take_values(one, key, member);
      }
    } else if (const auto* text = node.as_string()) {
      member.any_of.push_back(text->get());
    } else if (const auto* number = node.as_integer()) {
      member.any_of.push_back(std::to_string(number->get()));
    } else if (const auto* flag = node.as_boolean()) {
      member.any_of.push_back(flag->get() ? "true" : "false");
      member.any_case = true;
    } else {
      fault(&node, key, "must be a text, a whole number, true or false, or a list of them");
    }
  }

  void take_journeys() {
    only({"idle_end", "longest", "silence"});
    mapping_.idle_end = span("idle_end", mapping_.idle_end);
    mapping_.longest = span("longest", std::max(mapping_.longest, mapping_.idle_end));
    if (mapping_.longest < mapping_.idle_end)
      fault(find("longest"), "journeys.longest", "must not be shorter than idle_end");
    const auto silence = text("silence");
    if (silence == "left_out") mapping_.silence = Mapping::Silence::kLeftOut;
    if (silence && silence != "exit" && silence != "left_out")
      fault(find("silence"), "journeys.silence", "must be \"exit\" or \"left_out\", not \"" + *silence + "\"");
  }

  Millis span(const char* key, Millis otherwise) {
    const auto given = text(key);
    if (!given) return otherwise;
    const auto length = span_in(*given);
    if (!length)
      fault(find(key), full(key), "must be 1s - 3650d, in s, min, h or d: \"30min\"; it is \"" + *given + "\"");
    return length.value_or(otherwise);
  }

  // A row whose outcome is known only after it must not hold the outcome itself.
  void check_leaks() {
    for (const Conditions* conditions : {&mapping_.outcome.goal_after, &mapping_.outcome.exit_after}) {
      for (const Condition& condition : *conditions) {
        for (const Condition::Member& member : condition.members) check_leak(member.column);
      }
    }
  }

  void check_leak(ColumnIndex column) {
    const std::string& name = mapping_.columns[column];
    const auto refuse = [&](const char* key) {
      const std::string what =
          "\"" + name + "\" tells the outcome (goal_after, exit_after): a model that is given it learns nothing else";
      if (std::exchange(last_leak_, std::string(key) + name) != std::string(key) + name) fault(nullptr, key, what);
    };
    for (const Property& property : mapping_.properties) {
      if (property.column == column) refuse("properties");
    }
    for (const Template::Part& part : mapping_.type.parts) {
      if (part.column == column) refuse("type");
    }
    if (mapping_.page == column) refuse("page");
    if (mapping_.step == column) refuse("step");
  }

  const std::string name_;
  Mapping mapping_;
  Place at_;
  std::string faults_;
  std::string last_leak_;  // goal_after and exit_after mostly name the same column: told once
};

}  // namespace

Result<Mapping> mapping_in(std::string_view toml, const std::string& name) {
  if (toml.size() > Mapping::kBytesMax)
    return fail(ErrorCode::kLimitExceeded, name + ": a mapping has 1 MiB at most", "mapping", Mapping::kBytesMax);
  MappingReader reader(name);
  try {
    Mapping mapping = reader.take(toml::parse(toml, name));
    if (reader.faults().empty()) return mapping;
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kInvalidArgument,
                name + ":" + std::to_string(error.source().begin.line) + ": " + std::string(error.description()),
                "mapping");
  }
  return fail(ErrorCode::kInvalidArgument, reader.faults(), "mapping");
}

Result<Mapping> read_mapping(const std::filesystem::path& file) {
  std::error_code ec;
  const bool is_file = std::filesystem::is_regular_file(file, ec);
  std::ifstream in(file, std::ios::binary);
  if (!is_file || !in) return fail(ErrorCode::kNotFound, file.string() + ": no such file", "mapping");
  std::string text(Mapping::kBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return mapping_in(text, file.filename().string());
}

}  // namespace handrail::training
