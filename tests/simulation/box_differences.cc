// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/box_differences.h"

#include <iterator>
#include <map>
#include <utility>

#include "base/archive.h"
#include "base/utc.h"
#include "moving/stored_box.h"

namespace handrail::test {
namespace {

constexpr const char* kFieldsOfVisitor[] = {"site",    "id",      "anonymous_id", "log_time",     "next_offset",
                                            "profile", "journey", "offer",        "conversation", "tabs",
                                            "person",  "spans",   "deadlines",    "drawn_as"};

// An archive that lists each value under its path.
class FieldList {
 public:
  static constexpr bool kReading = false;
  static constexpr bool since(std::uint8_t) { return true; }
  static constexpr bool more() { return true; }

  template <class T>
  void add(const std::string& path, const T& value) {
    const std::string outer = std::exchange(path_, path);
    list(value);
    path_ = outer;
  }
  template <class... Values>
  void operator()(const Values&... values) {
    const std::string path = path_;
    (add(path + "." + name_of(path, place_++), values), ...);
  }
  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  static std::string name_of(const std::string& path, std::size_t place) {
    const bool is_named = path == "visitor" && place < std::size(kFieldsOfVisitor);
    return is_named ? kFieldsOfVisitor[place] : std::to_string(place);
  }
  void note(std::string value) { values_[path_] = std::move(value); }

  template <class T>
  void list(const T& value) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      note(std::to_string(static_cast<std::int64_t>(value)));
    } else if constexpr (std::is_base_of_v<Id128, T>) {
      note(value.hex());
    } else if constexpr (std::is_same_v<T, std::string>) {
      note('"' + value + '"');
    } else {
      const std::size_t outer = std::exchange(place_, 0);
      fields(*this, const_cast<T&>(value));
      place_ = outer;
    }
  }
  template <class T>
  void list(const std::vector<T>& values) {
    note(std::to_string(values.size()) + " of them");
    for (std::size_t i = 0; i < values.size(); ++i) add(path_ + "[" + std::to_string(i) + "]", values[i]);
  }
  template <class T>
  void list(const std::optional<T>& value) {
    value ? list(*value) : note("nothing");
  }

  std::string path_;
  std::size_t place_ = 0;  // of the next field of the struct that is listed
  std::map<std::string, std::string> values_;
};

std::map<std::string, std::string> fields_of(const moving::VisitorBox& box) {
  FieldList list;
  list.add("visitor", box.visitor);
  list.add("signals", box.signals);
  list.add("decisions", box.decisions);
  list.add("interventions", box.interventions);
  list.add("journeys", box.journeys);
  list.add("exposures", box.exposures);
  list.add("conversations", box.conversations);
  list.add("messages", box.messages);
  std::vector<std::string> records, untold;
  for (const core::LoggedRecord& logged : box.records)
    records.push_back(std::to_string(logged.offset) + " " + in_words(logged.record));
  for (const core::Record& record : box.untold) untold.push_back(in_words(record));
  list.add("records", records);
  list.add("untold", untold);
  return list.values();
}

}  // namespace

std::string in_words(UnixMillis at) {
  const std::string millis = std::to_string(1000 + at % 1000);
  return utc(at, "%H:%M:%S") + "." + millis.substr(1);
}

std::string in_words(const core::Record& record) {
  std::string words(core::kind_name(record));
  if (const auto* event = std::get_if<core::Event>(&record.body)) words += " " + event->id + " " + event->type;
  if (const auto* answer = std::get_if<core::Answer>(&record.body))
    words += " " + std::string(core::name_of(answer->kind)) + " " + answer->intervention.hex();
  return words + ", received " + in_words(record.received_at / 1000);
}

std::vector<std::string> differences(const moving::VisitorBox& expected, const moving::VisitorBox& found) {
  if (stored(expected) == stored(found)) return {};
  std::vector<std::string> out;
  const auto want = fields_of(expected), have = fields_of(found);
  const auto value = [](const auto& values, const std::string& path) {
    const auto at = values.find(path);
    return at == values.end() ? std::string("not there") : at->second;
  };
  for (const auto& [path, wanted] : want) {
    if (value(have, path) != wanted) out.push_back(path + ": " + value(have, path) + ", expected " + wanted);
  }
  for (const auto& [path, had] : have) {
    if (!want.contains(path)) out.push_back(path + ": " + had + ", expected not there");
  }
  if (out.empty()) out.push_back("the stored bytes, though no field that is listed here");
  return out;
}

}  // namespace handrail::test
