// SPDX-License-Identifier: Apache-2.0
#include "training/sources/row_event.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "training/sources/mapped_source.h"

namespace handrail::training {
namespace {

tl::unexpected<Error> refusal(const std::string& column, const std::string& what) {
  return fail(ErrorCode::kInvalidArgument, column + ": " + what, column);
}

// Of a message: a cell may be long, or no text at all.
std::string shown(const std::string& cell) {
  constexpr std::size_t kShown = 60;
  return "\"" + (cell.size() > kShown ? cell.substr(0, kShown) + "..." : cell) + "\"";
}

std::optional<double> number_in(const std::string& cell) {
  const std::string_view text = trimmed(cell);
  double number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = ec == std::errc{} && end == text.data() + text.size();
  if (is_whole && std::isfinite(number)) return number;
  for (const char* yes : {"true", "TRUE", "True"}) {
    if (text == yes) return 1;
  }
  for (const char* no : {"false", "FALSE", "False"}) {
    if (text == no) return 0;
  }
  return std::nullopt;
}

Result<std::string> data_of(const Row& row, const Mapping& mapping) {
  std::string json;
  for (const Property& property : mapping.properties) {
    const std::string& cell = row.cells[property.column];
    if (cell.empty()) continue;
    json += json.empty() ? '{' : ',';
    json += boost::json::serialize(boost::json::string_view(property.name)) + ":";
    if (!property.is_number) {
      json += boost::json::serialize(boost::json::string_view(cell));
      continue;
    }
    const auto number = number_in(cell);
    if (!number) return refusal(property.name, shown(cell) + " is not a number");
    json += fmt::format("{}", *number);
  }
  if (json.size() > MappedSource::kDataBytesMax)
    return refusal("properties", "more than 64 KiB as JSON; name fewer, or shorter ones");
  return json.empty() ? std::string{} : json + "}";
}

Result<std::string> word_of(const Row& row, const Mapping& mapping, ColumnIndex column, std::size_t bytes_max) {
  const std::string& cell = row.cells[column];
  const std::string& name = mapping.columns[column];
  if (cell.empty()) return refusal(name, "is missing");
  if (cell.size() > bytes_max)
    return refusal(name, shown(cell) + " has more than " + std::to_string(bytes_max) + " bytes");
  return cell;
}

Result<void> take_names(const Row& row, const Mapping& mapping, core::Event& event) {
  const std::string line = std::to_string(row.line);
  event.id = "line-" + line;
  event.anonymous_id = "row-" + line;
  event.type = mapping.type.filled(row.cells);
  if (event.type.empty()) return refusal("type", "is empty");
  if (event.type.size() > MappedSource::kTypeBytesMax)
    return refusal("type", shown(event.type) + " has more than 200 bytes");
  if (mapping.visitor) {
    auto visitor = word_of(row, mapping, *mapping.visitor, MappedSource::kKeyBytesMax);
    if (!visitor) return pass_on(visitor);
    event.anonymous_id = std::move(*visitor);
  }
  if (!mapping.journey) return {};
  auto journey = word_of(row, mapping, *mapping.journey, MappedSource::kKeyBytesMax);
  if (!journey) return pass_on(journey);
  event.session_id = std::move(*journey);
  return {};
}

Result<core::Fact> fact_of(const Row& row, const Mapping& mapping) {
  if (mapping.step && !row.cells[*mapping.step].empty()) {
    auto step = word_of(row, mapping, *mapping.step, MappedSource::kWordBytesMax);
    if (!step) return pass_on(step);
    return core::Fact(core::Step{mapping.funnel, std::move(*step), {}});
  }
  if (mapping.page && !row.cells[*mapping.page].empty()) {
    auto page = word_of(row, mapping, *mapping.page, MappedSource::kWordBytesMax);
    if (!page) return pass_on(page);
    return core::Fact(core::PageView{*page, *page});
  }
  return core::Fact(core::Custom{});
}

}  // namespace

Result<core::Record> record_of(const Row& row, const Mapping& mapping) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (!simdjson::validate_utf8(row.cells[i]))
      return refusal(mapping.columns[i], "is not UTF-8; convert the file: iconv -f latin1 -t utf-8");
  }
  const std::string& time = row.cells[mapping.time];
  if (time.empty()) return refusal(mapping.columns[mapping.time], "is missing, and the row's time with it");
  const auto at = time_in(time, mapping.time_form);
  if (!at)
    return refusal(mapping.columns[mapping.time], shown(time) + " is no time as time.format says, in 1970 - 9999");
  core::Event event;
  if (auto taken = take_names(row, mapping, event); !taken) return pass_on(taken);
  auto fact = fact_of(row, mapping);
  if (!fact) return pass_on(fact);
  auto data = data_of(row, mapping);
  if (!data) return pass_on(data);
  event.fact = std::move(*fact);
  event.data_json = std::move(*data);
  event.occurred_at = *at / 1000;
  event.client_time = event.occurred_at;
  std::string visitor = event.anonymous_id;
  return core::Record{mapping.site, std::move(visitor), *at, 0, std::move(event)};
}

}  // namespace handrail::training
