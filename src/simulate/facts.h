// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

// The facts that a page reports (web/protocol/facts.schema.json), as the SDK words them: JSON of eventData.
namespace handrail::simulate {

struct ClickFact {
  std::uint64_t click = 0;  // number within the tab
  std::string_view key;
  std::int64_t x = 0;
  std::int64_t y = 0;
  bool trusted = true;
  bool answered = true;  // whether the page reacted within 150 ms
};

std::string page_data(std::string_view path, std::string_view navigation);
std::string click_data(const ClickFact& fact);
std::string click_outcome_data(std::uint64_t click, Millis after);  // the page still does not react
std::string field_focus_data(std::string_view name);
// `keys` pressed; none where the field was only passed by.
std::string field_blur_data(std::string_view name, Millis active, int keys, bool valid);
std::string validation_data(std::string_view name, std::string_view when);
std::string submit_data(std::string_view result, Millis took);
std::string step_data(std::string_view step, int index);
std::string goal_data();
std::string exit_intent_data(std::string_view kind);
std::string visibility_data(bool visible);
std::string app_struggle_data(std::string_view feature, int attempts);

}  // namespace handrail::simulate
