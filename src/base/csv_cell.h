// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace handrail {

// A text as a cell of a CSV file (RFC 4180): in quotes where it needs them.
inline std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// Adds a number as a cell: the shortest text that reads back the same; NaN is missing, an empty cell.
inline void add_csv_number(std::string& line, float value) {
  if (std::isnan(value)) return;
  char digits[32];
  line.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

}  // namespace handrail
