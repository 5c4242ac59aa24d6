// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "training/sources/input.h"
#include "training/sources/row.h"

namespace handrail::training {

// CSV as RFC 4180 has it: a header, cells perhaps in quotes, "" for a quote in them, line ends of either kind, also
// within quotes. Empty lines are none. Not thread-safe.
class CsvReader final : public RowReader {
 public:
  static constexpr std::size_t kColumnsMax = 10'000;
  static constexpr std::size_t kCellBytesMax = 1 << 20;
  static constexpr std::size_t kRowBytesMax = 4 << 20;

  // Reads the header; `columns` are those to be filled in. kInvalidArgument names every one that the header has not, or
  // twice. The input is owned.
  static Result<std::unique_ptr<CsvReader>> open(std::unique_ptr<Input> input, std::span<const std::string> columns,
                                                 char separator = ',');

  Result<Next> next(Row& row) override;
  std::vector<std::string> absent_columns() const override { return {}; }
  const std::vector<std::string>& header() const { return header_; }

 private:
  CsvReader(std::unique_ptr<Input> input, char separator)
      : input_(std::move(input)), bytes_(*input_), separator_(separator) {}

  Result<void> read_header(std::span<const std::string> columns);
  Result<bool> read_line();  // false: the end
  Result<void> read_cell(std::string& cell);
  Result<void> read_quoted(std::string& cell);
  Result<void> append(std::string& cell, std::string_view bytes);
  bool ends_line();
  tl::unexpected<Error> too_much(const std::string& what, std::size_t limit) const;

  const std::unique_ptr<Input> input_;
  Bytes bytes_;
  const char separator_;
  std::vector<std::string> header_;
  std::vector<std::size_t> wanted_;  // where each column asked for stands
  std::vector<std::string> cells_;   // kept for their memory; the first `count_` are the line's
  std::size_t count_ = 0;
  std::size_t row_bytes_ = 0;
  std::uint64_t line_ = 1;  // that is read next
  std::uint64_t row_line_ = 1;
  bool is_blank_ = false;
  bool has_junk_ = false;  // behind a closing quote
};

}  // namespace handrail::training
