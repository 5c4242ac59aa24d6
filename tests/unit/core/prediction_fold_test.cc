// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/archive.h"
#include "tests/support/folder.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// A visitor of a site whose embedded model says 0.1 (a score of 10) until the tenth event.
struct Asked {
  Asked() : take(fold.control()) {
    take(registration(model_of_events(10), 1));
    take(move_to(1, ModelStage::kLive, visit.from() - 1000));
  }
  // What an endpoint says of the journey as it stood at `asked`, after all its events by now but `missed`; it comes at
  // `at`.
  Record word(Millis at, Millis asked, double probability = 0.9, std::uint64_t version = 1,
              std::uint32_t missed = 0) const {
    return visit.record(
        at, Prediction{fold.visitor.journey.id, version, static_cast<std::uint32_t>(probability * kProbabilityOne),
                       visit.from() + asked, fold.visitor.journey.events - missed});
  }
  int risk_after(const Record& record) { return fold(record).risk; }

  Visit visit{"anna"};
  Folder fold;
  Entries<ControlState> take;
};

}  // namespace

TEST_CASE("an endpoint's word counts instead of the embedded model's while it holds, and then that counts again") {
  Asked a;
  CHECK(a.risk_after(a.visit.page(0)) == 10);
  CHECK(a.risk_after(a.word(100, 0)) == 90);
  CHECK(a.fold.visitor.journey.highest_risk == 90);
  CHECK(a.risk_after(a.visit.page(30'000, "/a")) == 90);
  CHECK(a.risk_after(a.visit.page(60'000, "/b")) == 90);
  CHECK(a.risk_after(a.visit.page(60'001, "/c")) == 10);
}

TEST_CASE("it may also say that a visitor stays whom the embedded model gives up") {
  Asked a;
  for (int i = 0; i < 10; ++i) a.fold(a.visit.page(i * 100, "/" + std::to_string(i)));
  CHECK(a.fold.effects.risk == 90);
  CHECK(a.risk_after(a.word(1000, 900, 0.1)) == 10);
}

TEST_CASE("the newest word counts, whichever comes last") {
  Asked a;
  a.fold(a.visit.page(0));
  a.fold(a.visit.page(1000, "/a"));
  CHECK(a.risk_after(a.word(1100, 1000, 0.5)) == 50);
  CHECK(a.risk_after(a.word(1200, 0, 0.9, 1, 1)) == 50);
  CHECK(a.risk_after(a.word(1300, 1000)) == 50);  // said twice
}

TEST_CASE("of events of one log time the later one's word counts") {
  Asked a;
  a.fold(a.visit.page(0));
  a.fold(a.visit.page(0, "/a"));
  CHECK(a.risk_after(a.word(100, 0, 0.9, 1, 1)) == 90);
  CHECK(a.risk_after(a.word(200, 0, 0.5)) == 50);
}

TEST_CASE("late, of another journey or model, from the future, or no probability: it changes nothing") {
  Asked a;
  a.fold(a.visit.page(0));
  const std::string before = archived(a.fold.visitor.journey);
  const auto changes = [&](const Record& record) {
    a.fold(record);
    return archived(a.fold.visitor.journey) != before || !a.fold.effects.decisions.empty();
  };
  CHECK_FALSE(changes(a.word(60'001, 0)));
  CHECK_FALSE(changes(a.word(60'002, 0, 0.9, 2)));
  CHECK_FALSE(changes(a.word(60'003, 90'000)));
  CHECK_FALSE(changes(a.word(60'004, 30'000, 1.5)));
  CHECK_FALSE(changes(a.word(60'004, 30'000, 0.9, 1, static_cast<std::uint32_t>(-1))));  // after an event to come
  CHECK_FALSE(
      changes(a.visit.record(60'005, Prediction{JourneyId{id_of({"another"})}, 1, 9, a.visit.from() + 60'000, 1})));
  CHECK(changes(a.word(60'006, 60'000)));
}

TEST_CASE("after the goal, and once the model is taken out of service, it counts no longer") {
  Asked a;
  a.fold(a.visit.page(0));
  CHECK(a.risk_after(a.word(100, 0)) == 90);
  SUBCASE("the goal") {
    CHECK(a.risk_after(a.visit.event(1000, Goal{"apply"}, "goal")) == 0);
    CHECK(a.risk_after(a.word(1100, 1000)) == 0);
    CHECK_FALSE(a.fold.visitor.journey.predicted);
  }
  SUBCASE("retired") {
    a.take(move_to(1, ModelStage::kRetired, a.visit.from() + 500));
    CHECK(a.risk_after(a.visit.click(1000, Reaction::kSome)) == 0);
    CHECK(a.risk_after(a.word(1100, 1000)) == 0);
  }
  SUBCASE("another version serves") {
    a.take(registration(model_of_events(20), 2));
    a.take(move_to(2, ModelStage::kLive, a.visit.from() + 500));
    CHECK(a.risk_after(a.visit.page(1000, "/a")) == 10);
  }
}

TEST_CASE("the rising edge that it makes leads to help, and the decision says who said so") {
  Asked a;
  a.fold(a.visit.page(0));
  a.fold(a.visit.struggle(1000, 2));
  REQUIRE(a.fold.decisions.empty());
  a.fold(a.word(1200, 1000));
  REQUIRE(a.fold.decisions.size() == 1);
  const Decision& decision = a.fold.decisions.front();
  CHECK(decision.offered);
  CHECK(decision.risk == 90);
  CHECK(decision.cause == "prediction:" + std::to_string(a.visit.from() + 1000) + ".2");
  CHECK(decision.source == RiskSource::kEndpoint);
  CHECK(decision.exit_probability == static_cast<std::uint32_t>(0.9 * kProbabilityOne));
  CHECK(decision.model == 1);
  CHECK(archived(*unarchived<Decision>(archived(decision))) == archived(decision));
}

TEST_CASE("a decision upon the embedded model's word says so in the bytes that it had") {
  Asked a;
  for (int i = 0; i < 9; ++i) a.fold(a.visit.page(i * 100, "/" + std::to_string(i)));
  a.fold(a.visit.struggle(2000, 2));
  REQUIRE(a.fold.decisions.size() == 1);
  Decision decision = a.fold.decisions.front();
  CHECK(decision.source == RiskSource::kEmbedded);
  const std::string bytes = archived(decision);
  decision.source = RiskSource::kEndpoint;
  CHECK(archived(decision).size() == bytes.size() + 1);
  CHECK(archived(decision).starts_with(bytes));
}

TEST_CASE("a replay of the records decides the same, without an endpoint") {
  std::vector<Record> records;
  Asked live;
  const auto happens = [&](Record record) {
    live.fold(record);
    records.push_back(std::move(record));
  };
  happens(live.visit.page(0));
  happens(live.visit.struggle(1000, 2));
  happens(live.word(1200, 1000));
  happens(live.visit.page(70'000, "/a"));
  Asked again;
  for (const Record& record : records) again.fold(record);
  CHECK(encode(again.fold.visitor) == encode(live.fold.visitor));
  REQUIRE(again.fold.decisions.size() == 1);
  CHECK(archived(again.fold.decisions[0]) == archived(live.fold.decisions[0]));
}

TEST_CASE("who was forgotten is not known again by what an endpoint then says") {
  Asked a;
  a.fold(a.visit.page(0));
  const Record late = a.word(2000, 0);
  a.fold(a.visit.record(1000, Erasure{}));
  a.fold(late);
  CHECK(a.fold.visitor.id.empty());
  CHECK(a.fold.visitor.next_offset == 3);
}

TEST_CASE("a visitor that was kept before there were predictions is read") {
  Asked a;
  a.fold(a.visit.page(0));
  std::string older(1, '\4');
  ArchiveWriter{older, 4}(a.fold.visitor);
  const auto back = decode_visitor(older);
  REQUIRE(back);
  CHECK(encode(*back) == encode(a.fold.visitor));
  a.fold(a.word(100, 0));
  const auto now = decode_visitor(encode(a.fold.visitor));
  REQUIRE(now);
  CHECK(now->journey.predicted->score == 90);
}

TEST_CASE("another's word for a row is calibrated as the model's own is") {
  const auto model = ExitModel::of(model_of_events(3));
  REQUIRE(model);
  for (const float margin : {-1.0F, 1.0F})
    CHECK((*model)->calibrated(probability_of_margin(margin)) == (margin < 0 ? 6553U : 58982U));
  CHECK((*model)->calibrated(0) == 6553U);
  CHECK((*model)->calibrated(1) == 58982U);
  for (const double lie : {-0.01, 1.01, 1.0 / 0.0, 0.0 / 0.0}) CHECK_FALSE((*model)->calibrated(lie));
}
