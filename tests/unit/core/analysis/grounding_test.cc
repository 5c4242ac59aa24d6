// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/grounding.h"

#include <doctest/doctest.h>

#include "core/analysis/builtin_analyst.h"
#include "core/analysis/sentences.h"

using namespace handrail;
using namespace handrail::core;

namespace {

Digest journey() {
  Digest digest;
  digest.facts = {{FactName::kSecondsSpent, 41},
                  {FactName::kFailedSubmits, 2},
                  {FactName::kFieldErrors, 3},
                  {FactName::kProgress, 0},
                  {FactName::kGoalReached, 0}};
  digest.base = 60;
  return digest;
}

AnalystReply honest() {
  return {70, "low", {{"failed_submits", "failed_submits"}}, {"show_live_chat_popup"}, "form_stuck"};
}

Grounded ground(const AnalystReply& reply, const AnalystRules& rules = {}) {
  return grounded(reply, read_journey(journey(), rules), journey(), rules);
}

AnalystRules with_own_words() {
  AnalystRules rules;
  rules.own_words = true;
  return rules;
}

WordsFault fault(std::string_view message, AnalystRules rules = with_own_words()) {
  return fault_of(message, journey(), rules);
}

}  // namespace

TEST_CASE("what is true and allowed is taken") {
  const auto [analysis, grounding] = ground(honest());
  CHECK(grounding.is_clean());
  CHECK(analysis.exit_risk_score == 70);
  CHECK(analysis.engagement == EngagementLevel::kLow);
  CHECK(analysis.insights == std::vector<Insight>{{InsightCode::kFailedSubmits, 2}});
  CHECK(analysis.message.starts_with("Is the form"));
  CHECK_FALSE(analysis.own_words);
  CHECK(analysis.base == 60);
}

TEST_CASE("what the journey does not hold is left out, and where nothing is left the built-in's stands") {
  AnalystReply reply = honest();
  reply.insights = {{"goal_reached", "goal_reached"},     // false
                    {"failed_submits", "clicks"},         // not its fact
                    {"bought_a_car", "failed_submits"},   // no code
                    {"repeated_clicks", "rage_clicks"}};  // a fact that is not known
  reply.actions = {"give_discount", "rm -rf"};
  reply.exit_risk_score = 4000;
  reply.engagement = "enormous";
  reply.message = "<b>free money</b>";
  const auto [analysis, grounding] = ground(reply);
  CHECK(grounding.claims == 4);
  CHECK(grounding.false_claims == 2);
  CHECK(grounding.unknown_claims == 2);
  CHECK(grounding.unknown_actions == 2);
  CHECK(grounding.score_clamped);
  CHECK(grounding.engagement_unknown);
  CHECK(grounding.words == WordsFault::kUnknown);
  const Analysis builtin = read_journey(journey(), {});
  CHECK(analysis.exit_risk_score == 100);
  CHECK(analysis.insights == builtin.insights);
  CHECK(analysis.actions == builtin.actions);
  CHECK(analysis.message == builtin.message);
  CHECK(analysis.engagement == builtin.engagement);
}

TEST_CASE("own words are shown only where the site lets them be, and with its disclosure") {
  AnalystReply reply = honest();
  reply.message = "Did the form refuse something? We can look at it together.";
  CHECK(ground(reply).grounding.words == WordsFault::kUnknown);
  const auto [analysis, grounding] = ground(reply, with_own_words());
  CHECK(grounding.is_clean());
  CHECK(analysis.own_words);
  CHECK(analysis.message == reply.message);
  CHECK(disclosure_of(with_own_words()).find("AI") != std::string::npos);
}

TEST_CASE("a template's very words are the template's, also where own ones are let be") {
  AnalystReply reply = honest();
  reply.message = "Any questions? We are glad to help.";
  for (const AnalystRules& rules : {AnalystRules{}, with_own_words()}) {
    const auto [analysis, grounding] = ground(reply, rules);
    CHECK(grounding.is_clean());
    CHECK(analysis.message == reply.message);
    CHECK_FALSE(analysis.own_words);
  }
}

TEST_CASE("words that may not be shown to a visitor") {
  using enum WordsFault;
  CHECK(fault("Two tries failed. May we help?") == kNone);  // 2 is true
  CHECK(fault("The form was refused 3 times.") == kNone);
  CHECK(fault("  ") == kEmpty);
  CHECK(fault(std::string(161, 'a')) == kTooLong);
  CHECK(fault("one\ntwo") == kControl);
  CHECK(fault("zero\xe2\x80\x8bwidth") == kControl);
  CHECK(fault("turned \xe2\x80\xae"
              "around") == kControl);
  CHECK(fault("<script>") == kMarkup);
  CHECK(fault("[click](here)") == kMarkup);
  CHECK(fault("See HTTP colon") == kAddress);
  CHECK(fault("Write to me@here") == kAddress);
  CHECK(fault("Go to evil.example now") == kAddress);
  CHECK(fault("Yes.No dots") == kAddress);
  CHECK(fault("You failed 7 times") == kNumber);
  CHECK(fault("You failed seven times") == kNumber);
  CHECK(fault("Sieben Versuche") == kNumber);
  CHECK(fault("99999999999999999999") == kNumber);
  CHECK(fault("Take a DISCOUNT") == kPromise);
  CHECK(fault("Nur 5 €") == kPromise);
  CHECK(fault("Thank you for buying the car") == kClaim);
  CHECK(fault("GLÜCKWUNSCH, Glückwunsch!") == kClaim);
  AnalystRules strict = with_own_words();
  strict.forbidden = {"Übel", "sorry"};
  CHECK(fault("So SORRY for that", strict) == kForbidden);
  CHECK(fault("das ist übel", strict) == kForbidden);
  CHECK(fault("unsorry words", strict) == kNone);
}

TEST_CASE("each template of the product's own passes the checks that a provider's words must pass") {
  for (const MessageTemplate& one : builtin_messages()) {
    CAPTURE(one.text);
    CHECK(fault(one.text) == WordsFault::kNone);
    CHECK(speaks(one.language));
  }
}

TEST_CASE("each insight has a sentence in each language, with its number and in number") {
  for (const char* language : {"en", "de", "es"}) {
    for (const InsightRow& row : all_insights()) {
      for (const std::int64_t value : {1, 12}) {
        const std::string sentence = sentence_of({row.code, value}, language);
        CAPTURE(sentence);
        CHECK_FALSE(sentence.empty());
        CHECK(sentence.find_first_of("#[|]") == std::string::npos);
      }
    }
  }
  CHECK(sentence_of({InsightCode::kFailedSubmits, 1}, "en") == "1 submit failed");
  CHECK(sentence_of({InsightCode::kFailedSubmits, 3}, "fr") == "3 submits failed");
  CHECK(sentence_of({InsightCode::kRepeatedClicks, 1}, "de-ch") == "eine Stelle immer wieder angeklickt");
}
