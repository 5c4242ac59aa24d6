// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handrail::gateway {

// What is wrong with one event, in the words of the API.
struct Fault {
  std::string code;  // missing_field, wrong_type, out_of_range, too_long, bad_id, ...
  std::string field;
  std::string detail;
  std::optional<std::int64_t> limit{};
};

// Takes checked members out of a JSON object. The first fault is kept; after it every further call returns an empty
// value, so that a decoder reads straight through and asks once at the end.
class JsonReader {
 public:
  JsonReader(simdjson::dom::object object, std::string path) : object_(object), path_(std::move(path)) {}

  std::string text(const char* name, std::size_t bytes_max);                    // required, not empty
  std::string optional_text(const char* name, std::size_t bytes_max);           // "" where absent or null
  std::int64_t integer(const char* name, std::int64_t low, std::int64_t high);  // required; 3.0 is 3
  std::optional<std::int64_t> optional_integer(const char* name, std::int64_t low, std::int64_t high);
  bool flag(const char* name, bool otherwise);
  std::optional<bool> optional_flag(const char* name);
  // Required unless `otherwise` is given; one of the names. Returns its place.
  std::size_t one_of(const char* name, std::initializer_list<std::string_view> names,
                     std::optional<std::size_t> otherwise = {});
  std::optional<simdjson::dom::object> optional_object(const char* name);
  std::optional<simdjson::dom::array> optional_array(const char* name);
  std::optional<simdjson::dom::element> find(const char* name) const;  // absent and null are the same

  void fail(const char* name, std::string code, std::string detail, std::optional<std::int64_t> limit = {});
  void fail_as(Fault fault) {
    if (!fault_) fault_ = std::move(fault);
  }
  const std::optional<Fault>& fault() const { return fault_; }
  std::string path_of(const char* name) const { return path_.empty() ? name : path_ + "." + name; }

 private:
  void require(const char* name);

  simdjson::dom::object object_;
  std::string path_;
  std::optional<Fault> fault_;
};

// [A-Za-z0-9_.:@-], 1 to 200 bytes: ids that people choose.
bool is_id(std::string_view text);
bool all_in(std::string_view text, std::string_view extra);  // letters, digits and `extra`

}  // namespace handrail::gateway
