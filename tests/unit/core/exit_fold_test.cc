// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/archive.h"
#include "tests/support/folder.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// A visitor of a site whose model speaks up from the third event on.
struct Watched {
  Watched() : take(fold.control()) { take(registration(model_of_events(3), 1)); }
  void put(ModelStage stage, Millis at = -1000, std::uint32_t percent = 0) {
    take(move_to(1, stage, visit.from() + at, percent));
  }
  const ExitRisk* said() const { return fold.visitor.journey.served_risk(fold.visitor.log_time); }

  Visit visit{"anna"};
  Folder fold;
  Entries<ControlState> take;
};

}  // namespace

TEST_CASE("a live model speaks after each event, and its score counts as risk") {
  Watched w;
  w.put(ModelStage::kLive);
  CHECK(w.fold(w.visit.page(0)).risk == 10);
  CHECK(w.fold(w.visit.page(1000, "/a")).risk == 10);
  CHECK(w.fold(w.visit.page(2000, "/b")).risk == 90);
  REQUIRE(w.said() != nullptr);
  CHECK(w.said()->probability == kProbabilityOne * 9 / 10);
  CHECK(w.fold.decisions.empty());  // leaving alone is no reason to interrupt
}

TEST_CASE("a decision says what the model said, and why") {
  Watched w;
  w.put(ModelStage::kLive);
  w.fold(w.visit.page(0));
  w.fold(w.visit.page(1000, "/b"));
  w.fold(w.visit.struggle(2000, 2));
  REQUIRE(w.fold.decisions.size() == 1);
  const Decision& decision = w.fold.decisions.front();
  CHECK(decision.offered);
  CHECK(decision.struggle < 75);
  CHECK(decision.risk == 90);
  CHECK(decision.model == 1);
  CHECK(decision.model_score == 90);
  REQUIRE(decision.reasons.size() == 1);
  CHECK(decision.reasons[0].feature == "events");
  CHECK(decision.reasons[0].millis == 1000);
  CHECK(archived(*unarchived<Decision>(archived(decision))) == archived(decision));
}

TEST_CASE("without a model nothing is kept for one, and a decision's bytes are what they were") {
  Watched w;
  w.fold(w.visit.page(0));
  w.fold(w.visit.struggle(1000, 5));
  CHECK_FALSE(w.fold.visitor.journey.trail);
  CHECK(w.fold.visitor.journey.exit_risks.empty());
  REQUIRE(w.fold.decisions.size() == 1);
  Decision decision = w.fold.decisions.front();
  const std::string before = archived(decision);
  decision.exit_probability = 5;
  CHECK(archived(decision) == before);
}

TEST_CASE("a shadow is asked and not heard") {
  Watched w;
  w.put(ModelStage::kShadow);
  for (int i = 0; i < 4; ++i) w.fold(w.visit.page(i * 1000, "/" + std::to_string(i)));
  REQUIRE(w.fold.visitor.journey.exit_risks.size() == 1);
  CHECK(w.fold.visitor.journey.exit_risks[0].score == 90);
  CHECK(w.said() == nullptr);
  CHECK(w.fold.effects.risk == 0);
}

TEST_CASE("a journey that began before any model is asked about from the next one on") {
  Watched w;
  w.put(ModelStage::kLive, 500);
  for (int i = 0; i < 4; ++i) w.fold(w.visit.page(i * 1000, "/" + std::to_string(i)));
  CHECK(w.said() == nullptr);
  for (int i = 0; i < 4; ++i) w.fold(w.visit.page(kHour + i * 1000, "/" + std::to_string(i)));
  CHECK(w.said() != nullptr);
}

TEST_CASE("what a model said counts no longer once it is taken out of service") {
  Watched w;
  w.put(ModelStage::kLive);
  for (int i = 0; i < 3; ++i) w.fold(w.visit.page(i * 1000, "/" + std::to_string(i)));
  CHECK(w.fold.effects.risk == 90);
  w.put(ModelStage::kRetired, 4000);
  CHECK(w.fold(w.visit.click(5000, Reaction::kSome)).risk == 0);
}

TEST_CASE("a model keeps silent once the goal is reached") {
  Watched w;
  w.put(ModelStage::kLive);
  for (int i = 0; i < 3; ++i) w.fold(w.visit.page(i * 1000, "/" + std::to_string(i)));
  w.fold(w.visit.event(3000, Goal{"apply"}, "goal"));
  CHECK(w.fold.effects.risk == 0);
  CHECK(w.said() == nullptr);
}

TEST_CASE("what a visitor is known by includes the trail, and comes back from the store as it was") {
  Watched w;
  w.put(ModelStage::kLive);
  for (int i = 0; i < 3; ++i) w.fold(w.visit.page(i * 1000, "/" + std::to_string(i)));
  w.fold(w.visit.page(kHour));
  const std::string bytes = encode(w.fold.visitor);
  const auto again = decode_visitor(bytes);
  REQUIRE(again);
  CHECK(encode(*again) == bytes);
  CHECK(again->journey.trail.has_value());
  CHECK(again->profile.last_journey_at.has_value());
}

TEST_CASE("how long a journey lasts is the policy's word at its beginning") {
  Policy policy;
  policy.journey_idle = 2 * kMinute;
  Folder fold(policy);
  Visit v("bert");
  fold(v.page(0));
  const JourneyId first = fold.visitor.journey.id;
  fold(v.page(100 * kSecond));
  CHECK(fold.visitor.journey.id == first);
  fold(v.page(100 * kSecond + 3 * kMinute));
  CHECK(fold.visitor.journey.id != first);
}
