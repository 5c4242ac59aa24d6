// SPDX-License-Identifier: Apache-2.0
#include "training/sources/csv_reader.h"

#include <algorithm>

#include "base/nearest.h"

namespace handrail::training {

Result<std::unique_ptr<CsvReader>> CsvReader::open(std::unique_ptr<Input> input, std::span<const std::string> columns,
                                                   char separator) {
  std::unique_ptr<CsvReader> reader(new CsvReader(std::move(input), separator));
  if (auto read = reader->read_header(columns); !read) return pass_on(read);
  return reader;
}

tl::unexpected<Error> CsvReader::too_much(const std::string& what, std::size_t limit) const {
  return fail(ErrorCode::kLimitExceeded,
              "line " + std::to_string(row_line_) + ": " + what + "; is a quote not closed, or the separator another?",
              "file", static_cast<std::int64_t>(limit));
}

Result<void> CsvReader::append(std::string& cell, std::string_view bytes) {
  row_bytes_ += bytes.size();
  if (row_bytes_ > kRowBytesMax) return too_much("a row of more than 4 MiB", kRowBytesMax);
  if (cell.size() + bytes.size() > kCellBytesMax) return too_much("a cell of more than 1 MiB", kCellBytesMax);
  cell.append(bytes);
  return {};
}

// At a line's end, or the input's.
bool CsvReader::ends_line() { return bytes_.peek() == '\n' || bytes_.peek() == Bytes::kEnd; }

Result<void> CsvReader::read_quoted(std::string& cell) {
  bytes_.take();
  while (true) {
    const std::string_view plain = bytes_.take_until_any('"', '\n', '\n', kCellBytesMax + 1);
    if (auto done = append(cell, plain); !done) return done;
    const int byte = bytes_.peek();
    if (bytes_.fault()) return tl::unexpected(*bytes_.fault());
    if (byte == Bytes::kEnd)
      return fail(ErrorCode::kInvalidArgument,
                  "line " + std::to_string(row_line_) + ": a quote that is opened in this row is never closed", "file");
    if (byte == '"') {
      bytes_.take();
      if (bytes_.peek() != '"') return {};
    }
    if (byte == '\n') ++line_;
    if (byte != '"' && byte != '\n') continue;  // the piece was over
    const char kept = static_cast<char>(bytes_.take());
    if (auto done = append(cell, {&kept, 1}); !done) return done;
  }
}

Result<void> CsvReader::read_cell(std::string& cell) {
  cell.clear();
  const bool is_quoted = bytes_.peek() == '"';
  if (is_quoted) {
    if (auto done = read_quoted(cell); !done) return done;
  }
  std::string rest;
  std::string& plain = is_quoted ? rest : cell;
  while (!ends_line() && bytes_.peek() != separator_) {
    const std::string_view more = bytes_.take_until_any(separator_, '\n', '\n', kCellBytesMax + 1);
    if (auto done = append(plain, more); !done) return done;
  }
  if (ends_line() && plain.ends_with('\r')) plain.pop_back();
  has_junk_ = has_junk_ || !rest.empty();
  is_blank_ = !is_quoted && cell.empty();
  return {};
}

Result<bool> CsvReader::read_line() {
  row_line_ = line_;
  row_bytes_ = count_ = 0;
  has_junk_ = false;
  if (bytes_.peek() == Bytes::kEnd) return false;
  while (true) {
    if (count_ == kColumnsMax) return too_much("more than 10000 columns", kColumnsMax);
    if (cells_.size() == count_) cells_.emplace_back();
    if (auto done = read_cell(cells_[count_]); !done) return pass_on(done);
    ++count_;
    if (ends_line()) break;
    bytes_.take();
  }
  if (bytes_.take() == '\n') ++line_;
  is_blank_ = is_blank_ && count_ == 1;
  return true;
}

Result<void> CsvReader::read_header(std::span<const std::string> columns) {
  if (auto done = take_byte_order_mark(bytes_); !done) return done;
  auto found = read_line();
  if (!found) return pass_on(found);
  if (bytes_.fault()) return tl::unexpected(*bytes_.fault());
  if (!*found || is_blank_)
    return fail(ErrorCode::kInvalidArgument, "line 1: is empty; it must name the columns", "file");
  header_.assign(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(count_));
  std::string faults;
  for (const std::string& column : columns) {
    const auto times = std::ranges::count(header_, column);
    if (times == 1) {
      wanted_.push_back(static_cast<std::size_t>(std::ranges::find(header_, column) - header_.begin()));
      continue;
    }
    faults += faults.empty() ? "line 1: " : "\nline 1: ";
    faults += times > 1
                  ? "there are several columns \"" + column + "\""
                  : "there is no column \"" + column + "\"; did you mean \"" + nearest_name(column, header_) + "\"?";
  }
  if (!faults.empty()) return fail(ErrorCode::kInvalidArgument, faults, "columns");
  return {};
}

Result<RowReader::Next> CsvReader::next(Row& row) {
  do {
    auto found = read_line();
    if (!found) return pass_on(found);
    if (bytes_.fault()) return tl::unexpected(*bytes_.fault());
    if (!*found) return Next::kEnd;
  } while (is_blank_);
  row.line = row_line_;
  if (count_ != header_.size()) {
    row.fault = "has " + std::to_string(count_) + " cells, and the header " + std::to_string(header_.size());
    return Next::kBadRow;
  }
  if (has_junk_) {
    row.fault = "has something between a closing quote and the end of its cell; a quote within quotes is written \"\"";
    return Next::kBadRow;
  }
  row.cells.resize(wanted_.size());
  for (std::size_t i = 0; i < wanted_.size(); ++i) row.cells[i] = cells_[wanted_[i]];
  return Next::kRow;
}

}  // namespace handrail::training
