// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "training/event_source.h"
#include "training/sources/row_time.h"

namespace handrail::training {

// Where in Mapping::columns a column stands.
using ColumnIndex = std::size_t;
using Cells = std::vector<std::string>;  // one a column of the mapping; empty: missing

// Words with columns in braces: "{activity}-{lifecycle}".
struct Template {
  struct Part {
    std::string words;
    std::optional<ColumnIndex> column;  // instead of words
  };
  std::vector<Part> parts;

  std::string filled(const Cells& cells) const;
};

// What a row must hold: all of it.
struct Condition {
  struct Member {
    ColumnIndex column = 0;
    std::vector<std::string> any_of;
    bool is_negated = false;
    bool any_case = false;  // true and false are written in many ways

    bool holds(const Cells& cells) const;
  };
  std::vector<Member> members;

  bool holds(const Cells& cells) const;
};
using Conditions = std::vector<Condition>;  // any of them

struct OutcomeRows {
  Conditions goal, exit, gives_away, goal_after, exit_after;

  bool are_there() const;  // at least one says what success is
  // kInvalidArgument: the row is told to be a success and a failure at once.
  Result<Tells> tells(const Cells& cells) const;
};

struct Property {
  std::string name;  // in the event's data: that of its column
  ColumnIndex column = 0;
  bool is_number = false;  // else a category
};

// How rows of a file are events: a mapping file (docs/outside-data.md), read and checked.
struct Mapping {
  static constexpr std::size_t kBytesMax = 1 << 20;
  static constexpr std::size_t kColumnsMax = 1'000;
  static constexpr std::size_t kConditionsMax = 1'000;  // of one kind
  static constexpr std::size_t kNameBytesMax = 200;
  static constexpr Millis kSpanMax = 3650 * kDay;

  enum class Format : std::uint8_t { kCsv, kNdjson };
  // What a journey without an outcome comes to when it is over.
  enum class Silence : std::uint8_t { kExit, kLeftOut };

  Format format = Format::kCsv;
  char separator = ',';
  std::string site = "default";
  std::vector<std::string> columns;    // all that are read
  std::vector<std::string> missing;    // texts that say that there is nothing, besides an empty cell
  std::optional<ColumnIndex> visitor;  // nothing: each row has its own
  std::optional<ColumnIndex> journey;  // whose change begins another journey of the visitor
  std::optional<ColumnIndex> page;     // the page that was seen: such rows are page views
  std::optional<ColumnIndex> step;     // the funnel's step: such rows are steps
  std::string funnel;
  Template type;
  ColumnIndex time = 0;
  TimeForm time_form;
  std::vector<Property> properties;
  OutcomeRows outcome;
  Millis idle_end = 30 * kMinute;
  Millis longest = 12 * kHour;
  Silence silence = Silence::kExit;
};

// kInvalidArgument names every fault, a line each: "mapping.toml:3: unknown key "visitr"; did you mean "visitor"?".
Result<Mapping> mapping_in(std::string_view toml, const std::string& name);
// Of a file; kNotFound.
Result<Mapping> read_mapping(const std::filesystem::path& file);

}  // namespace handrail::training
