// SPDX-License-Identifier: Apache-2.0
#include "engine/prediction_desk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <semaphore>

#include "core/fold/fold.h"
#include "tests/support/models.h"
#include "tests/support/telling_log.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// Says what it is told to; hangs where it is told to, until it is let go.
class FakePredictor final : public Predictor {
 public:
  Result<std::vector<double>> ask(std::span<const std::vector<float>> rows, Millis) override {
    asked.release();
    if (hangs) go.acquire();
    const std::lock_guard lock(mutex);
    for (const auto& row : rows) seen.push_back(row);
    return answer;
  }
  std::string name() const override { return "a fake"; }

  std::mutex mutex;                                                 // guards the two below
  Result<std::vector<double>> answer = std::vector<double>{0.731};  // a margin of 1
  std::vector<std::vector<float>> seen;
  std::atomic<bool> hangs{false};
  std::counting_semaphore<1000> asked{0}, go{0};
};

struct Desk {
  explicit Desk(PredictionDeskOptions options = {}) {
    desk = std::make_unique<PredictionDesk>(std::move(options), PredictionDesk::Ports{predictor, sink, clock}, metrics);
    auto made = ExitModel::of(model_of_events(3));
    REQUIRE(made);
    serving = {1, ModelStage::kLive, 0, *made, model_of_events(3).score_points};
    const auto names = number_names(model_of_events(3).recipe);
    row = {std::vector<float>(names.size()), std::vector<std::uint64_t>(5)};
    events = static_cast<std::size_t>(std::ranges::find(names, "events") - names.begin());
  }
  ~Desk() {
    predictor.hangs = false;
    predictor.go.release(100);
    desk->stop();
  }

  // The visitor's journey is scored after its n-th event.
  void score(const std::string& visitor, float n = 1, bool served = true) {
    Visitor v;
    v.site = "default";
    v.id = visitor;
    v.journey.id = JourneyId{id_of({visitor})};
    v.journey.events = static_cast<std::uint32_t>(n);
    row.numbers[events] = n;
    desk->on_scored(v, serving, row, {clock.now() / 1000, serving.version, 0, 0, served});
  }
  // Asks about another visitor and waits until that is through.
  void through() {
    score("last");
    predictor.asked.acquire();
  }
  double figure(const std::string& series) {
    const std::string text = metrics.render();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  double failed(const std::string& reason) {
    return figure("handrail_predictor_failed_total{reason=\"" + reason + "\"}");
  }
  double dropped(const std::string& reason) {
    return figure("handrail_predictor_dropped_total{reason=\"" + reason + "\"}");
  }

  FakeClock clock;
  telemetry::Metrics metrics;
  FakePredictor predictor;
  TellingLog sink;
  ServingModel serving;
  FeatureRow row;
  std::size_t events = 0;
  std::unique_ptr<PredictionDesk> desk;
};

PredictionDeskOptions one_at_a_time() {
  PredictionDeskOptions options;
  options.in_flight = 1;
  return options;
}

}  // namespace

TEST_CASE("an answer comes as a record of the visitor's own order, calibrated, with the moment it was asked about") {
  Desk desk;
  desk.score("anna", 2);
  desk.clock.advance(100);
  desk.desk->start();
  desk.sink.told.acquire();
  desk.desk->stop();
  REQUIRE(desk.sink.taken.size() == 1);
  const Record& record = desk.sink.taken.front();
  CHECK(record.site == "default");
  CHECK(record.visitor == "anna");
  CHECK(record.received_at == (kStart + 100) * 1000);
  const auto& said = std::get<Prediction>(record.body);
  CHECK(said.journey == JourneyId{id_of({"anna"})});
  CHECK(said.model == 1);
  CHECK(said.probability == kProbabilityOne * 9 / 10);
  CHECK(said.asked_at == kStart);
  CHECK(said.events == 2);
  REQUIRE(desk.predictor.seen.size() == 1);
  CHECK(desk.predictor.seen[0] == std::vector<float>{2});
  CHECK(desk.figure("handrail_predictor_answered_total") == 1);
  CHECK(desk.figure("handrail_predictor_seconds_count") == 1);
}

TEST_CASE("of a journey only the newest row waits, and of too many journeys the oldest goes") {
  PredictionDeskOptions options = one_at_a_time();
  options.queue_max = 2;
  Desk desk(options);
  desk.score("anna", 1);
  desk.score("bert", 1);
  desk.score("anna", 2);
  CHECK(desk.desk->waiting() == 2);
  desk.score("carl", 3);
  CHECK(desk.desk->waiting() == 2);
  CHECK(desk.dropped("queue_full") == 1);
  desk.desk->start();
  desk.sink.told.acquire();
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.sink.taken[0].visitor == "bert");
  CHECK(desk.sink.taken[1].visitor == "carl");
}

TEST_CASE("shadows, other sites and other versions are not asked about") {
  PredictionDeskOptions options;
  options.model_version = 2;
  Desk desk(options);
  desk.score("anna");
  desk.serving.version = 2;
  desk.score("bert", 1, false);
  CHECK(desk.desk->waiting() == 0);
  desk.score("carl");
  CHECK(desk.desk->waiting() == 1);
  options.site = "shop";
  Desk other(options);
  other.serving.version = 2;
  other.score("anna");
  CHECK(other.desk->waiting() == 0);
}

TEST_CASE("while an endpoint hangs, nobody who leaves a row waits, and what waits is bounded") {
  PredictionDeskOptions options = one_at_a_time();
  options.queue_max = 10;
  Desk desk(options);
  desk.predictor.hangs = true;
  desk.desk->start();
  desk.score("first");
  desk.predictor.asked.acquire();
  for (int i = 0; i < 1000; ++i) desk.score("visitor-" + std::to_string(i));  // would never end if it waited
  CHECK(desk.desk->waiting() == 10);
  CHECK(desk.dropped("queue_full") == 990);
  CHECK(desk.sink.taken.empty());
}

TEST_CASE("what would come too late to hold is not asked about") {
  Desk desk(one_at_a_time());
  desk.score("anna");
  desk.clock.advance(Journey::kPredictionHolds + 1);
  desk.desk->start();
  desk.through();
  desk.sink.told.acquire();
  CHECK(desk.dropped("stale") == 1);
  CHECK(desk.sink.taken.front().visitor == "last");
}

TEST_CASE("refusals, silence and lies are counted, and nothing is recorded of them") {
  const auto lie = [](std::vector<double> scores) { return Result<std::vector<double>>(std::move(scores)); };
  const std::pair<Result<std::vector<double>>, const char*> answers[] = {
      {fail(ErrorCode::kTimeout, "silence"), "timeout"},
      {fail(ErrorCode::kUnavailable, "down"), "unavailable"},
      {fail(ErrorCode::kLimitExceeded, "slow down"), "throttled"},
      {fail(ErrorCode::kInvalidArgument, "no"), "refused"},
      {fail(ErrorCode::kCorrupt, "garbage"), "nonsense"},
      {lie({1.5}), "nonsense"},
      {lie({-0.1}), "nonsense"},
      {lie({std::numeric_limits<double>::quiet_NaN()}), "nonsense"},
      {lie({}), "nonsense"},
      {lie({0.5, 0.5}), "nonsense"}};
  for (const auto& [answer, reason] : answers) {
    CAPTURE(reason);
    Desk desk(one_at_a_time());
    desk.predictor.answer = answer;
    desk.desk->start();
    desk.through();
    desk.desk->stop();
    CHECK(desk.failed(reason) == 1);
    CHECK(desk.sink.taken.empty());
  }
  Desk desk(one_at_a_time());
  desk.sink.fails = true;
  desk.desk->start();
  desk.through();
  desk.desk->stop();
  CHECK(desk.failed("not_recorded") == 1);
}

TEST_CASE("after five failures it is left alone, then tried once, and asked again when that is answered") {
  Desk desk(one_at_a_time());
  desk.predictor.answer = fail(ErrorCode::kUnavailable, "down");
  desk.desk->start();
  for (int i = 0; i < 5; ++i) {
    desk.score("visitor-" + std::to_string(i));
    desk.predictor.asked.acquire();
  }
  desk.desk->stop();
  CHECK(desk.figure("handrail_predictor_breaker") == 2);
  desk.score("refused");
  CHECK(desk.dropped("breaker_open") == 1);
  CHECK(desk.desk->waiting() == 0);
  desk.clock.advance(30 * kSecond);
  CHECK(desk.figure("handrail_predictor_breaker") == 1);
  desk.predictor.answer = std::vector<double>{0.5};
  desk.desk->start();
  desk.score("tried");
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.figure("handrail_predictor_breaker") == 0);
  CHECK(desk.sink.taken.front().visitor == "tried");
}

TEST_CASE("a journey is asked about again after the interval, with its newest row") {
  PredictionDeskOptions options = one_at_a_time();
  options.min_interval = 5000;
  Desk desk(options);
  desk.desk->start();
  desk.score("anna", 1);
  desk.sink.told.acquire();
  desk.score("anna", 2);
  desk.through();  // another journey goes ahead of it
  desk.sink.told.acquire();
  CHECK(desk.desk->waiting() == 1);
  desk.score("anna", 3);
  desk.desk->stop();
  desk.clock.advance(5000);
  desk.desk->start();
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.predictor.seen.back() == std::vector<float>{3});
  CHECK(desk.predictor.seen.size() == 3);
}

TEST_CASE("what is asked while journeys are folded comes back into the same journey") {
  Desk desk(one_at_a_time());
  ControlState control;
  Entries<ControlState> take(control);
  take(registration(model_of_events(10), 1));
  take(move_to(1, ModelStage::kLive, kStart - 1000));
  Visit visit("anna");
  Visitor visitor;
  Effects effects;
  Offset next = 0;
  const auto folded = [&](const Record& record) {
    fold({Rules{}, control, false, desk.desk.get()}, visitor, {next++, record}, effects);
    return effects.risk;
  };
  folded(visit.page(0));
  CHECK(folded(visit.page(0, "/a")) == 10);  // of the same moment: it is the later one that waits
  desk.clock.advance(80);
  desk.desk->start();
  desk.sink.told.acquire();
  desk.desk->stop();
  REQUIRE(desk.sink.taken.size() == 1);
  CHECK(folded(desk.sink.taken.front()) == 90);
  REQUIRE(visitor.journey.predicted);
  CHECK(visitor.journey.predicted_events == 2);
  CHECK(folded(visit.page(1000, "/b")) == 90);
}
