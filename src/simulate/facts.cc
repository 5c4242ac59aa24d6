// SPDX-License-Identifier: Apache-2.0
#include "simulate/facts.h"

#include <fmt/format.h>

namespace handrail::simulate {

std::string page_data(std::string_view path, std::string_view navigation) {
  return fmt::format(R"({{"path":"{0}","template":"{0}","navigation":"{1}","visible":true}})", path, navigation);
}

std::string click_data(const ClickFact& fact) {
  const char* outcome = fact.answered ? R"({"afterMs":150,"kind":"mutation","reactionMs":40})"
                                      : R"({"afterMs":150,"kind":"none","reactionMs":null})";
  return fmt::format(
      R"({{"click":{},"key":"{}","role":"button","x":{},"y":{},"button":0,"modifiers":0,"trusted":{},"detail":1,)"
      R"("disabled":false,"inText":false,"interactive":true,"pointer":"mouse","hint":"none","ignore":[],"outcome":{}}})",
      fact.click, fact.key, fact.x, fact.y, fact.trusted, outcome);
}

std::string click_outcome_data(std::uint64_t click, Millis after) {
  return fmt::format(R"({{"click":{},"afterMs":{},"kind":"none","reactionMs":null}})", click, after);
}

std::string field_focus_data(std::string_view name) {
  return fmt::format(R"({{"key":"field:{}","form":"form:loan","type":"text","phase":"focus"}})", name);
}

std::string field_blur_data(std::string_view name, Millis active, int keys, bool valid) {
  const std::string first_key = keys > 0 ? std::to_string(active / 4) : "null";
  return fmt::format(
      R"({{"key":"field:{}","form":"form:loan","type":"text","phase":"blur","activeMs":{},"firstKeyMs":{},"keys":{},)"
      R"("deletes":0,"pastes":0,"autofill":false,"changed":{},"empty":{},"valid":{}}})",
      name, active, first_key, keys, keys > 0, keys == 0, valid);
}

std::string validation_data(std::string_view name, std::string_view when) {
  return fmt::format(
      R"({{"key":"field:{}","form":"form:loan","source":"aria","when":"{}","rule":"rangeUnderflow","empty":false}})",
      name, when);
}

std::string submit_data(std::string_view result, Millis took) {
  return fmt::format(R"({{"form":"form:loan","result":"{}","ms":{}}})", result, took);
}

std::string step_data(std::string_view step, int index) {
  return fmt::format(R"({{"funnel":"loan","step":"{}","index":{}}})", step, index);
}

std::string goal_data() { return R"({"name":"loan"})"; }

std::string exit_intent_data(std::string_view kind) { return fmt::format(R"({{"kind":"{}"}})", kind); }

std::string visibility_data(bool visible) { return fmt::format(R"({{"visible":{}}})", visible); }

std::string app_struggle_data(std::string_view feature, int attempts) {
  return fmt::format(R"({{"feature":"{}","attemptCount":{}}})", feature, attempts);
}

}  // namespace handrail::simulate
