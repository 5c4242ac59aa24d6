// SPDX-License-Identifier: Apache-2.0
#include "training/extraction.h"

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <set>

#include "core/fold/fold.h"
#include "gateway/codec/intake.h"
#include "simulate/population.h"
#include "tests/support/models.h"
#include "training/batch_score.h"
#include "training/labels.h"

using namespace handrail;
using namespace handrail::test;
using namespace handrail::training;

namespace {

class ListSource final : public EventSource {
 public:
  explicit ListSource(std::vector<SourceEvent> events) : events_(std::move(events)) {}
  Result<std::optional<SourceEvent>> next() override {
    return next_ == events_.size() ? std::optional<SourceEvent>() : std::optional(events_[next_++]);
  }
  Result<void> rewind() override {
    next_ = 0;
    return {};
  }
  double share_read() const override { return 0; }

 private:
  std::vector<SourceEvent> events_;
  std::size_t next_ = 0;
};

// What simulated visitors do in a while, as the gateway makes records of it.
std::vector<SourceEvent> simulated(Millis duration) {
  simulate::Population population({60, 20, duration, 5});
  simulate::Batches batches(population, 20);
  std::vector<SourceEvent> events;
  while (auto batch = batches.next()) {
    const simulate::Visitor& visitor = population.visitor(batch->visitor);
    std::string body = simulate::body_of(*batch, visitor, kStart);
    auto intake =
        gateway::read_sdk_batch(body, gateway::arrival_of(visitor.user_agent(), (kStart + batch->send_at) * 1000), {});
    REQUIRE(intake);
    for (core::Record& record : intake->records) {
      SourceEvent event;
      event.logged = {events.size(), std::move(record)};
      events.push_back(std::move(event));
    }
  }
  return events;
}

// The rows that a model of that recipe saw live.
class LiveRows final : public core::JourneyWatch {
 public:
  void on_scored(const core::Visitor& visitor, const core::ServingModel&, const core::FeatureRow& row,
                 const core::ExitRisk&) override {
    rows[{visitor.journey.id.low, visitor.journey.events}] = row;
  }
  std::map<std::pair<std::uint64_t, std::uint32_t>, core::FeatureRow> rows;
};

SourceEvent told(Visit& visit, Millis at, Tells tells, Offset offset) {
  SourceEvent event;
  event.logged = {offset, visit.event(at, core::Custom{}, "act")};
  event.tells = tells;
  return event;
}

}  // namespace

TEST_CASE("the rows that train are those that a live model saw, to the bit") {
  const auto events = simulated(6 * kMinute);
  REQUIRE(events.size() > 2000);
  ListSource source(events);
  ExtractionOptions options;
  options.rows_per_journey_max = 1000;
  options.properties = {{"page", core::PropertyKind::kCategory}, {"x", core::PropertyKind::kNumber}};
  options.rules.policy.journey_idle = 20 * kSecond;
  auto extracted = extract(source, options);
  REQUIRE(extracted);

  core::ControlState control;
  core::ExitParts model = model_of_events(3);
  model.recipe = extracted->recipe;
  Entries take(control);
  take(registration(model, 1, 1000));
  take(move_to(1, core::ModelStage::kShadow, kStart - 1));
  LiveRows live;
  std::map<std::string, core::Visitor> visitors;
  core::Effects effects;
  for (const SourceEvent& event : events) {
    core::fold({options.rules, control, false, &live}, visitors[event.logged.record.visitor], event.logged, effects);
  }

  const TrainingSet& set = extracted->set;
  REQUIRE(set.size() > 200);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto found = live.rows.find({set.rows[i].journey, set.rows[i].prefix});
    REQUIRE(found != live.rows.end());
    const core::FeatureRow& row = found->second;
    REQUIRE(row.numbers.size() == set.number_names.size());
    CHECK(std::memcmp(row.numbers.data(), set.numbers_of(i), row.numbers.size() * sizeof(float)) == 0);
    CHECK(std::equal(row.categories.begin(), row.categories.end(), set.categories_of(i)));
  }
  CHECK(extracted->counts.goals > 0);
  CHECK(extracted->counts.exits > 0);
  CHECK(extracted->counts.bots > 0);
}

TEST_CASE("scores of a file are those that a live model gave") {
  const auto events = simulated(kMinute);
  core::ExitParts parts = model_of_events(3);
  const auto model = core::ExitModel::of(parts);
  REQUIRE(model);
  ListSource source(events);
  std::vector<ScoredEvent> scored;
  REQUIRE(score_events(source, **model, {}, [&](const ScoredEvent& event) { scored.push_back(event); }));
  CHECK(scored.size() == events.size());
  for (const ScoredEvent& event : scored) {
    if (!event.probability) continue;
    CHECK(*event.probability == (event.prefix < 3 ? core::kProbabilityOne / 10 : core::kProbabilityOne * 9 / 10));
    CHECK(event.score == (event.prefix < 3 ? 10 : 90));
  }
}

TEST_CASE("a journey's label is what the source tells, and rows end before the outcome and what was written with it") {
  Visit good("good"), bad("bad"), open("open"), both("both"), after("after");
  Offset offset = 0;
  ListSource source({told(good, 0, Tells::kNothing, offset++), told(bad, 0, Tells::kNothing, offset++),
                     told(open, 0, Tells::kNothing, offset++), told(both, 0, Tells::kNothing, offset++),
                     told(after, 0, Tells::kGoalAfter, offset++), told(good, 60'000, Tells::kNothing, offset++),
                     told(bad, 60'000, Tells::kNothing, offset++), told(both, 60'000, Tells::kExit, offset++),
                     told(good, 120'000, Tells::kNothing, offset++), told(good, 120'400, Tells::kGoal, offset++),
                     told(bad, 130'000, Tells::kExit, offset++), told(both, 140'000, Tells::kGoal, offset++)});
  ExtractionOptions options;
  options.has_told_exits = true;
  const auto extracted = extract(source, options);
  REQUIRE(extracted);
  CHECK(extracted->counts.goals == 3);  // good, both, after
  CHECK(extracted->counts.exits == 1);
  CHECK(extracted->counts.censored == 1);
  std::map<std::uint64_t, int> rows;
  for (const auto& row : extracted->set.rows) {
    ++rows[row.journey];
    if (row.is_exit) CHECK(row.events_left == 2 - row.prefix);
  }
  std::multiset<int> counts;
  for (const auto& [journey, count] : rows) counts.insert(count);
  CHECK(counts == std::multiset<int>{1, 1, 2, 2});  // good lost the row in the goal's second
}

TEST_CASE("nobody's journey that saw an offer teaches, and those who were drawn to get none stand for them") {
  core::Journey journey;
  CHECK_FALSE(exposure_of(journey).is_helped);
  CHECK(exposure_of(journey).weight == 1);
  core::Exposure exposure;
  exposure.help_percent = 80;
  exposure.arm = core::Arm::kControl;
  journey.exposures.push_back(exposure);
  CHECK(exposure_of(journey).weight == doctest::Approx(5));
  journey.exposures[0].help_percent = 99;
  CHECK(exposure_of(journey).weight == Exposed::kWeightMax);
  journey.exposures[0].displayed_at = 5;
  CHECK(exposure_of(journey).is_helped);
}

TEST_CASE("a source without an outcome is refused in words") {
  Visit open("open");
  ListSource source({told(open, 0, Tells::kNothing, 0)});
  const auto extracted = extract(source, {});
  REQUIRE_FALSE(extracted);
  CHECK(extracted.error().message.find("no journey of 1") != std::string::npos);
}
