// SPDX-License-Identifier: Apache-2.0
#include "training/sources/ndjson_reader.h"

#include <fmt/format.h>

#include "base/text.h"

namespace handrail::training {

namespace dom = simdjson::dom;

namespace {

std::vector<std::string> path_of(const std::string& name) {
  std::vector<std::string> path;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    path.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  return path;
}

std::optional<dom::element> member(const dom::object& object, const std::string& name,
                                   const std::vector<std::string>& path) {
  dom::element found;
  if (object.at_key(name).get(found) == simdjson::SUCCESS) return found;
  if (path.size() == 1) return std::nullopt;
  dom::object inner = object;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (inner.at_key(path[i]).get(found) != simdjson::SUCCESS) return std::nullopt;
    if (i + 1 < path.size() && found.get(inner) != simdjson::SUCCESS) return std::nullopt;
  }
  return found;
}

// Nothing: it is no single value.
std::optional<std::string> text_of(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::STRING:
      return std::string(value.get_string().value_unsafe());
    case dom::element_type::INT64:
      return std::to_string(value.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return std::to_string(value.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return fmt::format("{}", value.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return value.get_bool().value_unsafe() ? "true" : "false";
    case dom::element_type::NULL_VALUE:
      return std::string{};
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      break;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<NdjsonReader>> NdjsonReader::open(std::unique_ptr<Input> input,
                                                         std::span<const std::string> columns) {
  std::unique_ptr<NdjsonReader> reader(new NdjsonReader(std::move(input)));
  for (const std::string& name : columns) reader->columns_.push_back({name, path_of(name)});
  if (auto done = take_byte_order_mark(reader->bytes_); !done) return pass_on(done);
  if (reader->bytes_.fault()) return tl::unexpected(*reader->bytes_.fault());
  return reader;
}

// A line that is too long is read to its end all the same, and not kept.
Result<bool> NdjsonReader::read_line() {
  text_.clear();
  is_too_long_ = false;
  if (bytes_.peek() == Bytes::kEnd) return bytes_.fault() ? Result<bool>(tl::unexpected(*bytes_.fault())) : false;
  ++line_;
  while (bytes_.peek() != '\n' && bytes_.peek() != Bytes::kEnd) {
    const std::string_view more = bytes_.take_until_any('\n', '\n', '\n', kRowBytesMax);
    is_too_long_ = is_too_long_ || text_.size() + more.size() > kRowBytesMax;
    if (!is_too_long_) text_.append(more);
  }
  if (bytes_.fault()) return tl::unexpected(*bytes_.fault());
  bytes_.take();
  return true;
}

bool NdjsonReader::fill(Row& row) {
  dom::object object;
  dom::element document;
  if (const auto fault = parser_.parse(text_).get(document); fault != simdjson::SUCCESS) {
    row.fault = std::string("is no JSON: ") + simdjson::error_message(fault);
    return false;
  }
  if (document.get(object) != simdjson::SUCCESS) {
    row.fault = "is no JSON object";
    return false;
  }
  row.cells.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto found = member(object, columns_[i].name, columns_[i].path);
    columns_[i].was_there = columns_[i].was_there || found.has_value();
    auto text = found ? text_of(*found) : std::string{};
    if (!text) {
      row.fault = columns_[i].name + ": is an object or array; name a member within";
      return false;
    }
    row.cells[i] = std::move(*text);
  }
  return true;
}

Result<RowReader::Next> NdjsonReader::next(Row& row) {
  do {
    auto found = read_line();
    if (!found) return pass_on(found);
    if (!*found) return Next::kEnd;
  } while (!is_too_long_ && trimmed(text_).empty());
  row.line = line_;
  if (is_too_long_) {
    row.fault = "is longer than 4 MiB";
    return Next::kBadRow;
  }
  return fill(row) ? Next::kRow : Next::kBadRow;
}

std::vector<std::string> NdjsonReader::absent_columns() const {
  std::vector<std::string> absent;
  for (const Column& column : columns_) {
    if (!column.was_there) absent.push_back(column.name);
  }
  return absent;
}

}  // namespace handrail::training
