// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "core/decision/intervention.h"
#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// Names drawn into that arm at 50 %.
std::string someone_in(Arm arm, int from = 0) {
  for (int i = from;; ++i) {
    std::string name = "visitor-" + std::to_string(i);
    if (arm_of("default", name, 50) == arm) return name;
  }
}

Policy holding_out(int percent) {
  Policy policy;
  policy.holdout_percent = percent;
  return policy;
}

Record goal(Visit& v, Millis at, std::string name) { return v.event(at, Goal{std::move(name)}, "goal"); }
Record step(Visit& v, Millis at, std::string funnel, std::string name, std::int64_t index) {
  return v.event(at, Step{std::move(funnel), std::move(name), index}, "step");
}

const Exposure& only(const Folder& fold) {
  REQUIRE(fold.visitor.journey.exposures.size() == 1);
  return fold.visitor.journey.exposures.front();
}

}  // namespace

TEST_CASE("the draw holds out the share it says, the same each time and another on each site") {
  constexpr int kVisitors = 20'000;
  int held_out = 0;
  int both = 0;
  for (int i = 0; i < kVisitors; ++i) {
    const std::string name = "v" + std::to_string(i);
    const bool here = arm_of("shop", name, 10) == Arm::kControl;
    held_out += here ? 1 : 0;
    both += here && arm_of("blog", name, 10) == Arm::kControl ? 1 : 0;
    CHECK(arm_of("shop", name, 0) == Arm::kHelp);
    CHECK(arm_of("shop", name, 100) == Arm::kControl);
  }
  CHECK(std::abs(held_out - kVisitors / 10) < 250);  // 6 standard deviations
  CHECK(std::abs(both - kVisitors / 100) < 100);
}

TEST_CASE("raising the share moves nobody back into help") {
  for (int i = 0; i < 500; ++i) {
    const std::string name = "v" + std::to_string(i);
    for (int percent = 1; percent <= 100; ++percent) {
      if (arm_of("shop", name, percent - 1) == Arm::kControl) CHECK(arm_of("shop", name, percent) == Arm::kControl);
    }
  }
}

TEST_CASE("who is drawn to get none gets none, and is recorded as one who could have had it") {
  Folder fold(holding_out(50));
  Visit v(someone_in(Arm::kControl));
  fold(v.struggle(0, 3));
  CHECK_FALSE(fold.visitor.offer);
  CHECK_FALSE(fold.decisions.back().offered);
  CHECK_FALSE(fold.passed(Gate::kHoldout));
  CHECK(fold.decisions.back().arm == Arm::kControl);
  CHECK(only(fold).arm == Arm::kControl);
  CHECK(only(fold).help_percent == 50);
  CHECK(only(fold).decision == fold.decisions.back().id);
  CHECK_FALSE(only(fold).outcome);
}

TEST_CASE("a decision that another gate turned down is no exposure, in either arm") {
  for (const Arm arm : {Arm::kHelp, Arm::kControl}) {
    Policy policy = holding_out(50);
    policy.offers_per_session = 0;
    Folder fold(policy);
    Visit v(someone_in(arm));
    fold(v.struggle(0, 3));
    REQUIRE(fold.decisions.size() == 1);
    CHECK_FALSE(fold.decisions.back().arm);
    CHECK(fold.visitor.journey.exposures.empty());
  }
}

TEST_CASE("help that was seen is told from help that was only offered") {
  Folder fold(holding_out(50));
  Visit v(someone_in(Arm::kHelp));
  fold(v.struggle(0, 3));
  CHECK_FALSE(only(fold).displayed_at);
  fold(v.answer(2000, fold.visitor.offer->id, AnswerKind::kDisplayed));
  CHECK(only(fold).displayed_at == v.from() + 2000);
  REQUIRE(fold.effects.exposures.size() == 1);
  CHECK(fold.effects.exposures.front().displayed_at);
}

TEST_CASE("a declared goal is the outcome, with the furthest step towards it; another is not") {
  Folder fold(holding_out(50));
  fold.rules().goals = {{"loan", {"amount", "income", "offer"}}};
  Visit v(someone_in(Arm::kControl));
  fold(v.struggle(0, 3));
  fold(step(v, 1000, "loan", "income", 2));
  fold(step(v, 1500, "loan", "amount", 1));  // back again: the furthest stays
  fold(goal(v, 2000, "newsletter"));
  CHECK_FALSE(only(fold).outcome);
  fold(goal(v, 3000, "loan"));
  REQUIRE(only(fold).outcome);
  CHECK(only(fold).outcome->kind == OutcomeKind::kGoal);
  CHECK(only(fold).outcome->goal == "loan");
  CHECK(only(fold).outcome->step == "income");
  CHECK(fold.effects.exposures.size() == 1);
}

TEST_CASE("where no goal is declared any goal is an outcome") {
  Folder fold;
  Visit v("a");
  fold(v.struggle(0, 3));
  fold(goal(v, 3000, "whatever"));
  REQUIRE(only(fold).outcome);
  CHECK(only(fold).outcome->goal == "whatever");
  CHECK(only(fold).help_percent == 100);
}

TEST_CASE("in silence the journey's end is the outcome, at its due time") {
  Folder fold(holding_out(50));
  fold.rules().goals = {{"loan", {"amount"}}};
  Visit v(someone_in(Arm::kControl));
  fold(step(v, 0, "loan", "amount", 1));
  fold(v.struggle(1000, 3));
  const auto due = next_due(fold.visitor);
  REQUIRE(due);
  CHECK(*due == v.from() + 1000 + Journey::kIdleEnd + 1);
  fold(v.record(*due - v.from(), TimerFired{}));
  REQUIRE(only(fold).outcome);
  CHECK(only(fold).outcome->kind == OutcomeKind::kExit);
  CHECK(only(fold).outcome->at == v.from() + 1000);
  CHECK(only(fold).outcome->step == "amount");
  CHECK_FALSE(next_due(fold.visitor));
}

TEST_CASE("the next visit closes what the last one left open") {
  Folder fold(holding_out(50));
  Visit v(someone_in(Arm::kControl));
  fold(v.struggle(0, 3));
  fold(v.page(Journey::kIdleEnd + 60'000));
  CHECK(fold.visitor.journey.exposures.empty());
  REQUIRE(fold.effects.exposures.size() == 1);
  CHECK(fold.effects.exposures.front().outcome->kind == OutcomeKind::kExit);
  REQUIRE(fold.effects.ended_journey);
  CHECK(fold.effects.ended_journey->outcome->kind == OutcomeKind::kExit);
}

TEST_CASE("of a journey with records missing nobody can tell") {
  Folder fold(holding_out(50));
  Visit v(someone_in(Arm::kControl));
  fold(v.struggle(0, 3));
  fold.visitor.journey.degraded = true;
  fold(v.record(Journey::kIdleEnd + 60'000, TimerFired{}));
  REQUIRE(only(fold).outcome);
  CHECK(only(fold).outcome->kind == OutcomeKind::kCensored);
}

TEST_CASE("being identified later changes nobody's arm") {
  int seen = 0;
  for (int i = 0; i < 50; ++i) {
    Policy policy = holding_out(50);
    Folder fold(policy);
    Visit v("visitor-" + std::to_string(i));
    fold(v.struggle(0, 3));
    const Arm before = only(fold).arm;
    v.identify_as("user-" + std::to_string(i));
    fold(v.page(Journey::kIdleEnd + 60'000));
    v.new_tab("t2");
    fold(v.struggle(Journey::kIdleEnd + 120'000, 3));
    REQUIRE(fold.decisions.size() == 2);
    CHECK(fold.decisions.back().arm == before);
    seen += before == arm_of("default", "user-" + std::to_string(i), 50) ? 0 : 1;
  }
  CHECK(seen > 0);  // some whose other name would have been drawn otherwise
}

TEST_CASE("who is known before the first draw is drawn as a person, on every device") {
  const std::string person = someone_in(Arm::kControl);
  for (int i = 0; i < 10; ++i) {
    Folder fold(holding_out(50));
    Visit v("device-" + std::to_string(i));
    v.identify_as(person);
    fold(v.struggle(0, 3));
    CHECK(fold.decisions.back().arm == Arm::kControl);
  }
}
