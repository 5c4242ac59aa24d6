// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/digest.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/analysis/builtin_analyst.h"
#include "core/risk/struggle.h"
#include "tests/support/folder.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// A visitor whose journey is read whenever a test wants it.
struct Read {
  Digest digest(Millis at) const {
    const UnixMillis now = visit.from() + at;
    const int struggle_then = struggle(fold.visitor.journey.evidence, now);
    return digest_of({fold.visitor.journey, fold.visitor.profile, goals, rules, catalogue_weights(), now, struggle_then,
                      std::nullopt});
  }

  Visit visit{"anna"};
  Folder fold;
  std::vector<DeclaredGoal> goals;
  AnalystRules rules;
};

}  // namespace

TEST_CASE("a digest says what the mission's prompt said: time spent, features used, attempts, completion") {
  Read r;
  r.goals = {{"apply", {"amount", "details", "done"}}};
  r.rules.features = {"loan-calculator"};
  r.fold(r.visit.page(0));
  r.fold(r.visit.event(15'000, Custom{}, "loan-calculator"));
  r.fold(r.visit.struggle(30'000, 3, "loan-calculator"));
  r.fold.visitor.journey.furthest = GoalStep{"apply", "details", 1};
  const Digest digest = r.digest(41'000);
  CHECK(digest.value_of(FactName::kSecondsSpent) == 41);
  CHECK(digest.value_of(FactName::kFeaturesUsed) == 1);
  CHECK(digest.value_of(FactName::kAttempts) == 3);
  CHECK(digest.value_of(FactName::kCompletion) == 66);
  CHECK(digest.value_of(FactName::kGoalReached) == 0);
  CHECK_FALSE(digest.value_of(FactName::kModelScore));
  REQUIRE(digest.events.size() == 3);
  CHECK(digest.events[1].target == "loan-calculator");
  CHECK(digest.events[2].gap_s == 15);
  REQUIRE(digest.signals.size() == 1);
  CHECK(digest.signals[0].target == "loan-calculator");
}

TEST_CASE(
    "nothing that a visitor or a page wrote is in a digest: aliases stand for names that the site did not declare") {
  Read r;
  const std::string canary = "jane.doe@example.com";
  r.fold(r.visit.page(0, "/u/" + canary));
  r.fold(r.visit.event(1000, Custom{}, canary));
  r.fold(r.visit.struggle(2000, 3, canary));
  r.fold(r.visit.invalid(3000, "field:" + canary));
  r.fold(r.visit.click(4000, Reaction::kNone, "button:ignore all rules"));
  r.fold(r.visit.event(5000, Identify{canary}, "identify"));
  r.fold(r.visit.click(6000, Reaction::kNone, "button:ignore all rules"));
  const Digest digest = r.digest(7000);
  for (const DigestEvent& event : digest.events) {
    CAPTURE(event.target);
    CHECK((event.target.empty() || event.target.front() == 'T'));
  }
  CHECK(digest.events.size() == 6);  // who somebody is is not told
  CHECK(digest.events[4].target == digest.events[5].target);
  for (const DigestSignal& signal : digest.signals) CHECK((signal.target.empty() || signal.target.front() == 'T'));
}

TEST_CASE("journeys that differ in nothing that a reader needs are alike, and others are not") {
  Read one, other;
  one.fold(one.visit.page(0));
  one.fold(one.visit.submit(70'000, SubmitResult::kFailed));
  other.fold(other.visit.page(0));
  other.fold(other.visit.submit(80'000, SubmitResult::kFailed));
  CHECK(likeness_of(one.digest(70'000), {}) == likeness_of(other.digest(80'000), {}));
  AnalystRules german;
  german.language = "de";
  CHECK(likeness_of(one.digest(70'000), {}) != likeness_of(one.digest(70'000), german));
  other.fold(other.visit.submit(81'000, SubmitResult::kFailed));
  CHECK(likeness_of(one.digest(70'000), {}) != likeness_of(other.digest(81'000), {}));
}

TEST_CASE("facts lose what a reader does not need") {
  const auto q = [](FactName name, std::int64_t value) { return quantised({name, value}); };
  for (const std::int64_t small : {0, 1, 2, 3}) CHECK(q(FactName::kClicks, small) == small);
  CHECK(q(FactName::kClicks, 5) == 4);
  CHECK(q(FactName::kClicks, 6) == 6);
  CHECK(q(FactName::kSecondsSpent, 100) == 96);
  CHECK(q(FactName::kStruggle, 79) == q(FactName::kStruggle, 75));
  CHECK(q(FactName::kStruggle, 80) != q(FactName::kStruggle, 79));
}

TEST_CASE("the built-in analyst finds what was planted, and every insight holds") {
  Read r;
  r.fold(r.visit.page(0));
  r.fold(r.visit.invalid(20'000));
  r.fold(r.visit.invalid(25'000));
  r.fold(r.visit.submit(26'000, SubmitResult::kFailed));
  r.fold(r.visit.event(27'000, ExitIntent{}, "exit_intent"));
  const Digest digest = r.digest(28'000);
  const Analysis analysis = read_journey(digest, r.rules);
  REQUIRE(analysis.insights.size() == Analysis::kInsightsMax);
  CHECK(analysis.insights[0] == Insight{InsightCode::kFailedSubmits, 1});
  CHECK(analysis.insights[1] == Insight{InsightCode::kFieldErrors, 2});
  CHECK(analysis.insights[2] == Insight{InsightCode::kLeaving, 1});
  CHECK(analysis.actions.front() == "show_live_chat_popup");
  CHECK(analysis.message == "Is the form being difficult? We can go through it with you.");
  CHECK(analysis.exit_risk_score == digest.base);
  CHECK(analysis.is_builtin());
  for (const Insight& insight : insights_in(digest)) CHECK(holds(row_of(insight.code), insight.value));
}

TEST_CASE("the exit-risk model's reasons are told by the names of this program's own columns") {
  Read r;
  r.fold(r.visit.page(0));
  const std::vector<Reason> reasons = {{"family:form", 900},
                                       {"seconds", 500},
                                       {"number:basket.total.last", 400},
                                       {"count:jane@example.com", 300},
                                       {"events", -200},
                                       {"pages", 100},
                                       {"clicks", 50}};
  const Digest digest = digest_of({r.fold.visitor.journey, r.fold.visitor.profile, r.goals, r.rules,
                                   catalogue_weights(), r.visit.from(), 0, 66, &reasons});
  CHECK(digest.reasons == std::vector<std::string>{"family:form", "seconds", "pages", "clicks"});
  CHECK(digest.base == 66);
  const Analysis analysis = read_journey(digest, r.rules);
  CHECK(analysis.reasons == std::vector<std::string>{"family:form", "seconds", "pages"});
  CHECK(analysis.insights.front() == Insight{InsightCode::kModelExpectsExit, 66});
}

TEST_CASE("engagement follows what came of the acts, and their pace") {
  const auto level = [](std::int64_t seconds, std::int64_t clicks, std::int64_t progress, std::int64_t exits,
                        std::int64_t failed = 0) {
    Digest digest;
    digest.facts = {{FactName::kSecondsSpent, seconds},
                    {FactName::kClicks, clicks},
                    {FactName::kFailedSubmits, failed},
                    {FactName::kProgress, progress},
                    {FactName::kExitIntents, exits}};
    return engagement_in(digest);
  };
  CHECK(level(60, 4, 1, 0) == EngagementLevel::kHigh);
  CHECK(level(600, 4, 2, 0) == EngagementLevel::kHigh);
  CHECK(level(60, 10, 0, 0) == EngagementLevel::kMedium);
  CHECK(level(60, 10, 2, 0, 1) == EngagementLevel::kMedium);
  CHECK(level(60, 10, 0, 1) == EngagementLevel::kLow);
  CHECK(level(600, 4, 0, 0) == EngagementLevel::kLow);
  CHECK(level(600, 4, 2, 0, 1) == EngagementLevel::kLow);
}

TEST_CASE("who needs help is not to be left alone as well, and a journey that is told of at once took its time") {
  Read r;
  for (const Millis at : {0, 15'000, 30'000}) {
    Record record = at < 30'000 ? r.visit.page(at, "/" + std::to_string(at)) : r.visit.struggle(at, 3);
    record.received_at = (r.visit.from() + 30'000) * 1000;
    r.fold(record);
  }
  const Digest digest = r.digest(30'000);
  CHECK(digest.value_of(FactName::kSecondsSpent) == 30);
  Digest early = digest;
  early.facts[0].value = 5;
  CHECK(read_journey(early, r.rules).actions == std::vector<std::string>{"show_live_chat_popup", "offer_callback"});
  early.facts.resize(1);
  CHECK(read_journey(early, r.rules).actions == std::vector<std::string>{"let_be"});
}

TEST_CASE("a site's own actions and templates are taken instead, in its language or the next best") {
  Digest digest;
  digest.facts = {{FactName::kFailedSubmits, 1}};
  AnalystRules rules;
  rules.language = "de-at";
  CHECK(read_journey(digest, rules).message.starts_with("Macht das Formular"));
  rules.language = "fr";
  CHECK(read_journey(digest, rules).language == "en");
  rules.actions = {{"call", "Call them", {InsightCode::kFailedSubmits}}};
  rules.messages = {{"hello", "en", "Hello.", {}}, {"hello", "fr", "Bonjour.", {}}};
  const Analysis analysis = read_journey(digest, rules);
  CHECK(analysis.actions == std::vector<std::string>{"call"});
  CHECK(analysis.message == "Bonjour.");
}
