// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "training/sources/input.h"
#include "training/sources/row.h"

namespace handrail::training {

// A JSON object a line. Columns are members: "a" or, within objects, "a.b.c"; a member whose own name has the dots goes
// first. Numbers come as JSON writes them (the shortest form that reads back the same), true and false as those words,
// null and what is not there as missing. Empty lines are none. Not thread-safe.
class NdjsonReader final : public RowReader {
 public:
  static constexpr std::size_t kRowBytesMax = 4 << 20;

  static Result<std::unique_ptr<NdjsonReader>> open(std::unique_ptr<Input> input, std::span<const std::string> columns);

  Result<Next> next(Row& row) override;
  std::vector<std::string> absent_columns() const override;

 private:
  struct Column {
    std::string name;
    std::vector<std::string> path;
    bool was_there = false;
  };

  explicit NdjsonReader(std::unique_ptr<Input> input) : input_(std::move(input)), bytes_(*input_) {}

  Result<bool> read_line();  // false: the end
  bool fill(Row& row);       // false: a fault

  const std::unique_ptr<Input> input_;
  Bytes bytes_;
  std::vector<Column> columns_;
  simdjson::dom::parser parser_;
  std::string text_;
  bool is_too_long_ = false;
  std::uint64_t line_ = 0;
};

}  // namespace handrail::training
