// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <array>
#include <boost/json.hpp>

#include "apps/answer_text.h"
#include "apps/commands.h"
#include "base/csv_cell.h"

// Everybody who could have been helped, as a table for an analysis.
namespace handrail {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<const char*, const char*>, 11> kColumns = {{{"decision_id", "decisionId"},
                                                                           {"visitor", "visitor"},
                                                                           {"journey_id", "journeyId"},
                                                                           {"at", "at"},
                                                                           {"arm", "arm"},
                                                                           {"help_probability", "helpProbability"},
                                                                           {"rules_of", "rulesOf"},
                                                                           {"rules_version", "rulesVersion"},
                                                                           {"risk", "risk"},
                                                                           {"may_train", "mayTrain"},
                                                                           {"displayed_at", "displayedAt"}}};
constexpr std::array<std::pair<const char*, const char*>, 4> kOutcomeColumns = {
    {{"outcome", "kind"}, {"outcome_at", "at"}, {"goal", "goal"}, {"step", "step"}}};

// A text that a spreadsheet would run as a formula is kept from it.
std::string cell(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_number()) return value.is_double() ? fmt::format("{}", value.as_double()) : json::serialize(value);
  std::string text(value.as_string());
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  return csv_cell(text);
}

void print_header() {
  std::string line;
  for (const auto& [name, member] : kColumns) line += fmt::format("{},", name);
  for (const auto& [name, member] : kOutcomeColumns) line += fmt::format("{},", name);
  line.pop_back();
  fmt::print("{}\n", line);
}

void print_row(const json::value& exposure) {
  std::string line;
  for (const auto& [name, member] : kColumns) line += cell(exposure.at(member)) + ",";
  const json::value& outcome = exposure.at("outcome");
  for (const auto& [name, member] : kOutcomeColumns)
    line += (outcome.is_null() ? std::string() : cell(outcome.at(member))) + ",";
  line.pop_back();
  fmt::print("{}\n", line);
}

}  // namespace

int run_exposures(const ExposureFlags& flags) {
  HttpClient server(flags.server);
  const std::string base = "/v1/exposures?limit=500" + (flags.site.empty() ? "" : "&site=" + flags.site);
  if (!flags.as_json) print_header();
  std::string before;
  do {
    std::string next;
    const int code = report(server.get(base + before), false, [&](const json::value& page) {
      for (const json::value& exposure : page.at("items").as_array()) {
        if (flags.as_json) {
          fmt::print("{}\n", json::serialize(exposure));
        } else {
          print_row(exposure);
        }
      }
      if (page.at("next").is_string()) next = "&before=" + std::string(page.at("next").as_string());
    });
    if (code != kOk) return code;
    before = next;
  } while (!before.empty());
  return kOk;
}

}  // namespace handrail
