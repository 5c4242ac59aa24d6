// SPDX-License-Identifier: Apache-2.0
#include "serving/rows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/text.h"

namespace handrail::serving {

namespace dom = simdjson::dom;

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

tl::unexpected<Error> refusal(const std::string& what) { return fail(ErrorCode::kInvalidArgument, what, "body"); }
tl::unexpected<Error> in_row(const Rows& rows, const std::string& what) {
  return refusal("row " + std::to_string(rows.count + 1) + " " + what);
}

std::string lower(std::string_view text) {
  std::string out(trimmed(text));
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

Result<void> check_width(const Rows& rows, std::size_t width, std::size_t features) {
  if (width == features) return {};
  return in_row(rows,
                "has " + std::to_string(width) + " values, and the model " + std::to_string(features) + " features");
}

Result<float> csv_value(const Rows& rows, std::string_view cell, std::size_t column) {
  const std::string_view text = trimmed(cell);
  if (text.empty()) return kMissing;
  double number = 0;  // and then a float, as Python's packages do it
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec == std::errc{} && end == text.data() + text.size()) return static_cast<float>(number);
  constexpr std::size_t kShown = 40;
  return in_row(rows, "holds \"" + std::string(text.substr(0, kShown)) + "\", which is no number, as value " +
                          std::to_string(column + 1) + (rows.count == 0 ? "; a header does not belong here" : ""));
}

// Every line is a row, so that answers stand beside them; only behind the last may be nothing.
Result<Rows> csv_rows(std::string_view body, std::size_t features) {
  Rows rows;
  while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
  for (std::size_t at = 0; at <= body.size() && !body.empty();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    std::size_t width = 0;
    for (std::size_t from = 0; from <= line.size(); ++width) {
      const std::size_t to = std::min(line.find(',', from), line.size());
      if (width < features) {
        const auto value = csv_value(rows, line.substr(from, to - from), width);
        if (!value) return pass_on(value);
        rows.values.push_back(*value);
      }
      from = to + 1;
    }
    if (auto fits = check_width(rows, width, features); !fits) return pass_on(fits);
    ++rows.count;
    at = end + 1;
  }
  return rows;
}

// [1, null], or {"features": [1, null]}.
Result<void> add_json_row(const dom::element& row, std::size_t features, Rows& rows) {
  dom::array values;
  dom::object object;
  const bool is_there =
      row.get(values) == simdjson::SUCCESS ||
      (row.get(object) == simdjson::SUCCESS && object.at_key("features").get(values) == simdjson::SUCCESS);
  if (!is_there) return in_row(rows, "is neither a list of numbers nor {\"features\": [...]}");
  std::size_t width = 0;
  for (const dom::element value : values) {
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!value.is_null() && value.get(number) != simdjson::SUCCESS)
      return in_row(rows, "holds what is neither a number nor null, as value " + std::to_string(width + 1));
    if (width < features) rows.values.push_back(static_cast<float>(number));
    ++width;
  }
  if (auto fits = check_width(rows, width, features); !fits) return fits;
  ++rows.count;
  return {};
}

Result<Rows> json_rows(std::string_view body, std::size_t features) {
  dom::parser parser;
  dom::element document;
  if (const auto fault = parser.parse(body.data(), body.size()).get(document); fault != simdjson::SUCCESS)
    return refusal(std::string("is no JSON: ") + simdjson::error_message(fault));
  dom::array instances;
  dom::object object;
  const bool is_there =
      document.get(instances) == simdjson::SUCCESS ||
      (document.get(object) == simdjson::SUCCESS && object.at_key("instances").get(instances) == simdjson::SUCCESS);
  if (!is_there) return refusal("must be {\"instances\": [...]} or a list");
  Rows rows;
  for (const dom::element row : instances) {
    if (auto added = add_json_row(row, features, rows); !added) return pass_on(added);
  }
  return rows;
}

Result<Rows> json_line_rows(std::string_view body, std::size_t features) {
  Rows rows;
  dom::parser parser;
  while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    dom::element row;
    if (const auto fault = parser.parse(body.data() + at, end - at).get(row); fault != simdjson::SUCCESS)
      return in_row(rows, std::string("is no JSON: ") + simdjson::error_message(fault));
    if (auto added = add_json_row(row, features, rows); !added) return pass_on(added);
    at = end + 1;
  }
  return rows;
}

}  // namespace

std::optional<Form> form_of_type(std::string_view content_type) {
  const std::string type = lower(content_type.substr(0, content_type.find(';')));
  if (type.empty() || type == "text/csv") return Form::kCsv;
  if (type == "application/json") return Form::kJson;
  if (type == "application/jsonlines" || type == "application/x-ndjson") return Form::kJsonLines;
  return std::nullopt;
}

std::optional<Form> form_to_answer(std::string_view accept, Form otherwise) {
  if (trimmed(accept).empty()) return otherwise;
  for (const std::string& one : items_in(accept, ',')) {
    const std::string type = lower(std::string_view(one).substr(0, one.find(';')));
    if (type == "*/*") return otherwise;
    if (type == "text/*") return Form::kCsv;
    if (type == "application/*") return Form::kJson;
    if (const auto form = form_of_type(type); form && !type.empty()) return form;
  }
  return std::nullopt;
}

const char* type_of(Form form) {
  switch (form) {
    case Form::kCsv:
      return "text/csv";
    case Form::kJson:
      return "application/json";
    case Form::kJsonLines:
      return "application/jsonlines";
  }
  return "text/csv";
}

Result<Rows> rows_in(std::string_view body, Form form, std::size_t features) {
  switch (form) {
    case Form::kCsv:
      return csv_rows(body, features);
    case Form::kJson:
      return json_rows(body, features);
    case Form::kJsonLines:
      return json_line_rows(body, features);
  }
  return Rows{};
}

std::string scores_as(Form form, const std::vector<float>& scores, Layout layout) {
  std::string out = form == Form::kJson ? "{\"predictions\":[" : "";
  const bool is_together = form == Form::kJson || (form == Form::kCsv && layout == Layout::kTogether);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (is_together && i > 0) out += ',';
    if (form == Form::kCsv) {
      fmt::format_to(std::back_inserter(out), "{}", scores[i]);
    } else {
      fmt::format_to(std::back_inserter(out), "{{\"score\":{}}}", scores[i]);
    }
    if (!is_together) out += '\n';
  }
  if (form == Form::kJson) out += "]}";
  return out;
}

}  // namespace handrail::serving
