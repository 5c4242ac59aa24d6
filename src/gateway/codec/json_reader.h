// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <array>
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
  JsonReader(simdjson::dom::object object, std::string path);

  std::string text(std::string_view name, std::size_t bytes_max);                    // required, not empty
  std::string optional_text(std::string_view name, std::size_t bytes_max);           // "" where absent or null
  std::int64_t integer(std::string_view name, std::int64_t low, std::int64_t high);  // required; 3.0 is 3
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t low, std::int64_t high);
  bool flag(std::string_view name, bool otherwise);
  std::optional<bool> optional_flag(std::string_view name);
  // Required unless `otherwise` is given; one of the names. Returns its place.
  std::size_t one_of(std::string_view name, std::initializer_list<std::string_view> names,
                     std::optional<std::size_t> otherwise = {});
  std::optional<simdjson::dom::object> optional_object(std::string_view name);
  std::optional<simdjson::dom::array> optional_array(std::string_view name);
  std::optional<simdjson::dom::element> find(std::string_view name) const;  // absent and null are the same

  void fail(std::string_view name, std::string code, std::string detail, std::optional<std::int64_t> limit = {});
  void fail_as(Fault fault) {
    if (!fault_) fault_ = std::move(fault);
  }
  const std::optional<Fault>& fault() const { return fault_; }
  std::string path_of(std::string_view name) const;

 private:
  // What find() saw: a member, null, or nothing of that name.
  std::optional<simdjson::dom::element> at(std::string_view name) const;
  void fail_for_want_of(std::string_view name);

  // A decoder asks for a dozen names: the members are walked once, and the first few compared from here.
  struct Member {
    std::string_view name;
    simdjson::dom::element value;
  };
  static constexpr std::size_t kListed = 24;
  std::array<Member, kListed> listed_;
  std::size_t count_ = 0;  // of listed_
  bool all_listed_ = true;
  simdjson::dom::object object_;
  std::string path_;
  std::optional<Fault> fault_;
};

// [A-Za-z0-9_.:@-], 1 to 200 bytes: ids that people choose.
bool is_id(std::string_view text);
bool all_in(std::string_view text, std::string_view extra);  // letters, digits and `extra`

}  // namespace handrail::gateway
