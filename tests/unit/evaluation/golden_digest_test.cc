// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/language/prompt.h"
#include "evaluation/rehearsal.h"

using namespace handrail;
using namespace handrail::core;
using evaluation::Rehearsal;

// What readers are told of whole journeys, word for word: from the events on.
TEST_CASE("the mission's story: time spent, features used, attempts, completion") {
  Rules rules;
  rules.goals = {{"apply", {"amount", "details", "done"}}};
  rules.analyst.features = {"loan-calculator"};
  Rehearsal story(rules);
  story.tell(0, "page_view", PageView{"/loans", "/loans"});
  story.tell(15'000, "loan-calculator", Custom{});
  story.tell(20'000, "step", Step{"apply", "amount", 0});
  story.tell(30'000, "struggle_signal", AppStruggle{"loan-calculator", 3});
  CHECK(language::user_words(story.digest()) == R"(<journey>
base_score: 76
seconds_spent: 30
events: 4
pages: 1
attempts: 3
longest_pause_s: 15
progress_marks: 1
completion_percent: 33
features_used: 1
struggle: 76
none: page_returns, clicks, rage_clicks, dead_clicks, fields_completed, field_errors, submits, failed_submits, script_errors, exit_intents, times_hidden, goal_reached, offers_displayed, journeys_before
trouble:
app_attempts 3 at loan-calculator, 76 points, 0s ago
newest events:
+0s page_view T1
+15s custom loan-calculator
+5s step amount
+10s app_struggle loan-calculator
</journey>
)");
}

TEST_CASE("a form that refuses, a visitor who goes: names that nobody declared are aliases") {
  Rehearsal story(Rules{});
  story.tell(0, "page_view", PageView{"/apply", "/apply"});
  story.tell(4000, "validation", Validation{"field:iban", "form:loan", ValidationMoment::kSubmit, false});
  story.tell(4100, "submit", Submit{"form:loan", SubmitResult::kInvalid});
  story.tell(9000, "validation", Validation{"field:iban", "form:loan", ValidationMoment::kSubmit, false});
  story.tell(9100, "submit", Submit{"form:loan", SubmitResult::kInvalid});
  story.tell(12'000, "exit_intent", ExitIntent{});
  CHECK(language::user_words(story.digest()) == R"(<journey>
base_score: 95
seconds_spent: 12
events: 6
pages: 1
field_errors: 2
submits: 2
failed_submits: 2
exit_intents: 1
longest_pause_s: 4
struggle: 95
none: page_returns, clicks, rage_clicks, dead_clicks, fields_completed, attempts, script_errors, times_hidden, progress_marks, goal_reached, features_used, offers_displayed, journeys_before
trouble:
submit_fail_repeat twice at T3, 59 points, 2s ago
validation_repeat twice at T2, 45 points, 3s ago
newest events:
+0s page_view T1
+4s validation T2 invalid
+0s submit T3 invalid
+4s validation T2 invalid
+0s submit T3 invalid
+2s exit_intent
</journey>
)");
}
