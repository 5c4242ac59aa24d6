// SPDX-License-Identifier: Apache-2.0
#include "engine/model_watch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/model_keeper.h"
#include "tests/support/kept_log.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// A model of one number, "seconds", that lies around 100 with a standard deviation of 15 in training.
struct World {
  World() {
    parts.columns = {"seconds"};
    parts.trees[0][0].value = 100;
    std::vector<float> seconds, margins;
    for (int i = 0; i < 20'000; ++i) {
      seconds.push_back(draw());
      margins.push_back(seconds.back() < 100 ? -1.0F : 1.0F);
    }
    parts.baselines = {baseline_of(seconds), baseline_of(margins)};
    auto made = ExitModel::of(parts);
    REQUIRE(made);
    serving = {1, ModelStage::kLive, 0, *made, parts.score_points};
    names = number_names(parts.recipe);
  }
  float draw() { return std::normal_distribution<float>(100, 15)(random); }

  // Another visitor's only event; then, if it is told, how its journey ended.
  void visit(float seconds, std::optional<bool> is_exit = {}, int score = 0) {
    Visitor visitor;
    visitor.site = "default";
    visitor.journey.id = JourneyId{id_of({std::to_string(++visits)})};
    visitor.journey.started_at = visitor.journey.last_at = kStart;
    FeatureRow row{std::vector<float>(names.size()), std::vector<std::uint64_t>(category_names(parts.recipe).size())};
    row.numbers[static_cast<std::size_t>(std::ranges::find(names, "seconds") - names.begin())] = seconds;
    const auto verdict = serving.model->judge(row);
    watch.on_scored(visitor, serving, row, {kStart, 1, verdict.probability, score, true});
    if (is_exit)
      watch.on_outcome(visitor, {*is_exit ? OutcomeKind::kExit : OutcomeKind::kGoal, kStart + 60'000, "", ""});
  }
  ModelHealth health() const { return watch.health({"default", 1}); }

  std::mt19937 random{11};
  ExitParts parts = model_of_events(3);
  ServingModel serving;
  std::vector<std::string> names;
  ModelWatch watch;
  int visits = 0;
};

}  // namespace

TEST_CASE("a feature that moved by one standard deviation raises an alarm within 1,000 events") {
  World world;
  for (int i = 0; i < 500; ++i) world.visit(world.draw());
  CHECK(world.health().alarms.empty());
  for (int i = 0; i < 1000; ++i) world.visit(world.draw() + 15);
  const ModelHealth health = world.health();
  REQUIRE_FALSE(health.alarms.empty());
  CHECK(health.drifting.front().column == "seconds");
  CHECK(health.must_go);  // its scores moved as well
}

TEST_CASE("a population that stays the same raises none, for a month of 10,000 events a day") {
  World world;
  for (int i = 0; i < 300'000; ++i) {
    world.visit(world.draw());
    if (i % 500 == 499) REQUIRE(world.health().alarms.empty());
  }
  CHECK(world.health().windows == 600);
}

TEST_CASE("what journeys came to is held against what was said of them") {
  World world;
  for (int i = 0; i < 200; ++i) world.visit(120, i % 10 != 0);
  CHECK_FALSE(world.health().auc);  // too few to say
  for (int i = 0; i < 200; ++i) world.visit(80, i % 10 == 0);
  const ModelHealth health = world.health();
  REQUIRE(health.auc);
  CHECK(*health.auc == doctest::Approx(0.9));
  CHECK(*health.ece < 0.01);
  CHECK(health.label_delay_s == doctest::Approx(60));
  CHECK(health.outcomes == 400);
  CHECK_FALSE(health.must_go);
  for (int i = 0; i < 400; ++i) world.visit(120, false);
  CHECK(world.health().must_go);  // of those it was sure of, hardly one left
}

TEST_CASE("the reliability of its probabilities is that of the journeys whose outcome is known") {
  World world;
  for (int i = 0; i < 400; ++i) world.visit(i % 2 == 0 ? 120 : 80, i % 4 == 0);
  const auto bins = world.health().reliability;
  REQUIRE(bins.size() == 2);
  CHECK(bins[0].predicted == doctest::Approx(0.1).epsilon(0.01));
  CHECK(bins[0].observed == 0);
  CHECK(bins[1].predicted == doctest::Approx(0.9).epsilon(0.01));
  CHECK(bins[1].observed == doctest::Approx(0.5));
  CHECK(bins[0].journeys + bins[1].journeys == 400);
}

TEST_CASE("a score that reaches the bar in far more journeys than the budget allows raises an alarm") {
  World world;
  const auto visit = [&](int i, int score) {
    const float seconds = world.draw();
    world.visit(seconds, (seconds >= 100) == (i % 10 != 0), score);
  };
  for (int i = 0; i < 1000; ++i) visit(i, i % 20 == 0 ? 80 : 10);
  CHECK(*world.health().offer_share == doctest::Approx(0.05));
  CHECK(world.health().alarms.empty());
  for (int i = 0; i < 1000; ++i) visit(i, i % 8 == 0 ? 80 : 10);
  const ModelHealth health = world.health();
  REQUIRE(health.alarms.size() == 1);
  CHECK(health.alarms.front().find("offer budget") != std::string::npos);
  CHECK_FALSE(health.must_go);
}

TEST_CASE("who left and never came back has left, once the journey is over") {
  World world;
  for (int i = 0; i < 10; ++i) world.visit(120);
  CHECK(world.health().waiting == 10);
  const UnixMillis over = kStart + Journey::kIdleEnd;
  world.watch.let_time_pass(over);
  CHECK(world.health().waiting == 10);
  world.watch.let_time_pass(over + kHour);
  CHECK(world.health().waiting == 0);
  CHECK(world.health().outcomes == 10);
}

TEST_CASE("a live model that does badly is taken out once, told of once, and the one before it comes back") {
  World world;
  Offset offset = 1;
  const auto tell = [&](const Record& record) { world.watch.on_control({offset++, record}); };
  for (const Record& record : registration(model_of_events(9), 7)) tell(record);
  for (const Record& record : registration(model_of_events(3), 1)) tell(record);
  tell(move_to(7, ModelStage::kLive, kStart - 9000));
  tell(move_to(7, ModelStage::kRetired, kStart - 5000));
  tell(move_to(1, ModelStage::kLive, kStart - 5000));
  KeptLog log;
  FakeClock clock;
  telemetry::Metrics metrics;
  ModelKeeper keeper({log, clock}, world.watch, metrics);
  keeper.look();
  CHECK(log.taken.empty());
  for (int i = 0; i < 1000; ++i) world.visit(world.draw() + 30);
  keeper.look();
  std::vector<ModelMove> moves;
  for (const Record& record : log.taken) {
    if (const auto* move = std::get_if<ModelMove>(&record.body)) moves.push_back(*move);
  }
  REQUIRE(moves.size() == 2);
  CHECK(moves[0].version == 1);
  CHECK(moves[0].stage == ModelStage::kRetired);
  CHECK(moves[1].version == 7);
  CHECK(moves[1].stage == ModelStage::kLive);
  CHECK(moves[0].effective_at == clock.now() / 1000 + ControlState::kLeadTime);
  const std::size_t told = log.taken.size();
  for (const ModelMove& move : moves) tell({"default", {}, 0, 0, move});
  keeper.look();
  CHECK(log.taken.size() == told);
  CHECK(metrics.render().find("handrail_model_rollbacks_total 1") != std::string::npos);
}

TEST_CASE("the calendar moves by itself, and no alarm is raised about it") {
  World world;
  world.parts.columns = {"hour"};
  auto model = ExitModel::of(world.parts);
  REQUIRE(model);
  world.serving.model = *model;
  world.names[static_cast<std::size_t>(std::ranges::find(world.names, "seconds") - world.names.begin())] = "";
  world.names[static_cast<std::size_t>(std::ranges::find(world.names, "hour") - world.names.begin())] = "seconds";
  for (int i = 0; i < 1500; ++i) world.visit(99.0F - static_cast<float>(i % 2));
  const ModelHealth health = world.health();
  CHECK(health.drifting.empty());
}
