// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace handrail::training {

// What the columns that were asked for hold in one row of a file, as text. Empty: missing.
struct Row {
  std::uint64_t line = 0;  // its first, from 1 on
  std::vector<std::string> cells;
  std::string fault;  // of a row that cannot be read
};

// Rows of a file in its order. Not thread-safe; blocks on I/O.
class RowReader {
 public:
  enum class Next : std::uint8_t { kRow, kBadRow, kEnd };

  virtual ~RowReader() = default;
  // Fills `row`. kBadRow: `row.fault` says why, and reading goes on behind it. An error ends all reading: damaged
  // compression, a quote that is never closed, a limit.
  virtual Result<Next> next(Row& row) = 0;
  // Columns that no row so far has had at all (a CSV's header has them all).
  virtual std::vector<std::string> absent_columns() const = 0;
};

}  // namespace handrail::training
