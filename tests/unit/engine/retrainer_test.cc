// SPDX-License-Identifier: Apache-2.0
#include "engine/retrainer.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/kept_log.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

class Orders final : public Trainer {
 public:
  void set_on_trained(Trained) override {}
  Result<void> begin(TrainingOrder order) override {
    if (is_busy) return fail(ErrorCode::kConflict, "another runs");
    given.push_back(std::move(order));
    return {};
  }
  TrainingStatus status() const override { return {}; }
  bool cancel() override { return false; }
  std::vector<TrainingOrder> given;
  bool is_busy = false;
};

// A site whose version 1 is live; 2, by whomever, may challenge it.
struct World {
  World() {
    live.recipe.properties = {{"loan.amount", PropertyKind::kNumber}, {"plan", PropertyKind::kCategory}};
    live.trained_at = kStart;
    clock.advance(kHour);
    join(live, 1, "somebody", kStart);
    tell(move_to(1, ModelStage::kLive, kStart));
  }
  void tell(const Record& record) { watch.on_control({offset++, record}); }
  void join(const ExitParts& parts, std::uint64_t version, const std::string& author, UnixMillis trained_at) {
    for (Record record : registration(parts, version)) {
      if (auto* about = std::get_if<ModelVersion>(&record.body)) {
        about->author = author;
        about->trained_at = trained_at;
      }
      tell(record);
    }
  }
  // What was appended takes effect.
  void settle() {
    for (; heard < log.taken.size(); ++heard) {
      if (log.taken[heard].is_control()) tell(log.taken[heard]);
    }
    clock.advance(3 * kSecond);
  }
  void look() {
    retrainer.look();
    settle();
  }
  // A journey that both score at the same event, and that came to that.
  void visit(double live_says, double challenger_says, bool is_exit) {
    Visitor visitor;
    visitor.site = "default";
    visitor.journey.id = JourneyId{id_of({"journey", std::to_string(++visits)})};
    visitor.journey.events = 4;
    const auto say = [&](std::uint64_t version, double probability) {
      const auto model = ExitModel::of(live);
      const ServingModel one{version, ModelStage::kLive, 0, *model, {}};
      FeatureRow row{std::vector<float>(number_names(live.recipe).size()),
                     std::vector<std::uint64_t>(category_names(live.recipe).size())};
      watch.on_scored(visitor, one, row,
                      {kStart, version, static_cast<std::uint32_t>(probability * kProbabilityOne), 0, true});
    };
    say(1, live_says);
    say(2, challenger_says);
    watch.on_outcome(visitor, {is_exit ? OutcomeKind::kExit : OutcomeKind::kGoal, kStart + 60'000, "", ""});
  }
  ModelStage stage_of(std::uint64_t version) const {
    return watch.with_control([&](const ControlState& control) {
      const auto move = control.models().move_of("default", version, INT64_MAX);
      return move ? move->stage : ModelStage::kCandidate;
    });
  }
  bool has_act(const std::string& what) const {
    return std::ranges::any_of(log.taken, [&](const Record& record) {
      const auto* act = std::get_if<Act>(&record.body);
      return act != nullptr && act->what == what;
    });
  }

  ExitParts live = model_of_events(3);
  ModelWatch watch;
  KeptLog log;
  Orders orders;
  FakeClock clock;
  telemetry::Metrics metrics;
  RetrainerOptions options{.reach = RetrainerOptions::Reach::kPromote};
  Retrainer retrainer{{orders, log, clock}, watch, {}, options, metrics};
  Offset offset = 1;
  std::size_t heard = 0;
  int visits = 0;
};

}  // namespace

TEST_CASE("a model that grew old is trained anew with its own properties, and no oftener than the pause allows") {
  World world;
  world.look();
  CHECK(world.orders.given.empty());
  world.clock.advance(31 * kDay);
  world.orders.is_busy = true;
  world.look();
  CHECK_FALSE(world.has_act("model.retraining"));
  world.orders.is_busy = false;
  world.look();
  REQUIRE(world.orders.given.size() == 1);
  CHECK(world.orders.given[0].site == "default");
  CHECK(world.orders.given[0].numbers == std::vector<std::string>{"loan.amount"});
  CHECK(world.orders.given[0].categories == std::vector<std::string>{"plan"});
  CHECK(world.has_act("model.retraining"));
  world.look();
  CHECK(world.orders.given.size() == 1);
  world.clock.advance(25 * kHour);
  world.look();
  CHECK(world.orders.given.size() == 2);
}

TEST_CASE("a challenger is tried in the shadow and goes live when it is better on later journeys") {
  World world;
  world.join(model_of_events(5), 2, Retrainer::kAuthor, kStart);
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kShadow);
  for (int i = 0; i < 299; ++i) world.visit(0.6, 0.8, i % 5 != 0);
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kShadow);  // too few to say
  world.visit(0.6, 0.8, true);
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kLive);
  CHECK(world.stage_of(1) == ModelStage::kRetired);
  CHECK(world.has_act("model.live"));
}

TEST_CASE("one that is worse retires, and so does one that is no better in time") {
  World world;
  world.join(model_of_events(5), 2, Retrainer::kAuthor, kStart);
  world.look();
  SUBCASE("worse") {
    for (int i = 0; i < 400; ++i) world.visit(0.8, 0.6, i % 5 != 0);
  }
  SUBCASE("no better") {
    for (int i = 0; i < 400; ++i) world.visit(0.8, 0.8, i % 5 != 0);
    world.look();
    CHECK(world.stage_of(2) == ModelStage::kShadow);
    world.clock.advance(15 * kDay);
  }
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kRetired);
  CHECK(world.stage_of(1) == ModelStage::kLive);
}

TEST_CASE("a better one that would break the offer budget retires") {
  World world;
  ExitParts eager = model_of_events(5);
  eager.peaks.assign(ExitParts::kPeaks, kProbabilityOne * 9 / 10);  // every journey's score comes to 90
  world.join(eager, 2, Retrainer::kAuthor, kStart);
  world.look();
  for (int i = 0; i < 400; ++i) world.visit(0.6, 0.8, i % 5 != 0);
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kRetired);
  CHECK(world.stage_of(1) == ModelStage::kLive);
}

TEST_CASE("where a person promotes, a better one is proposed once and stays in the shadow") {
  World world;
  world.options.reach = RetrainerOptions::Reach::kPropose;
  Retrainer proposing({world.orders, world.log, world.clock}, world.watch, {}, world.options, world.metrics);
  world.join(model_of_events(5), 2, Retrainer::kAuthor, kStart);
  proposing.look();
  world.settle();
  for (int i = 0; i < 400; ++i) world.visit(0.6, 0.8, i % 5 != 0);
  for (int i = 0; i < 3; ++i) {
    proposing.look();
    world.settle();
  }
  CHECK(world.stage_of(2) == ModelStage::kShadow);
  CHECK(std::ranges::count_if(world.log.taken, [](const Record& record) {
          const auto* act = std::get_if<Act>(&record.body);
          return act != nullptr && act->what == "model.proposed";
        }) == 1);
}

TEST_CASE("another's candidate is nobody's business, and two that were not asked the same say nothing") {
  World world;
  world.join(model_of_events(5), 2, "a person", kStart);
  world.look();
  CHECK(world.stage_of(2) == ModelStage::kCandidate);
  CHECK(world.watch.trial("default", 1, 2).journeys == 0);
}
