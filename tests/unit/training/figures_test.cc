// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/vectors.h"
#include "tests/unit/training/sets.h"
#include "training/metrics.h"

using namespace handrail;
using namespace handrail::training;
namespace json = boost::json;

namespace {

std::vector<double> numbers(const json::value& list) { return json::value_to<std::vector<double>>(list); }

// Of one visitor each, of two rows a journey.
TrainingSet pairs(const std::vector<bool>& exits) {
  TrainingSet set;
  for (std::size_t i = 0; i < exits.size(); ++i) {
    TrainingSet::Row row;
    row.visitor = row.journey = i / 2;
    row.prefix = static_cast<std::uint32_t>(1 + i % 2);
    row.events_left = static_cast<std::uint32_t>(7 - i % 2);
    row.is_exit = exits[i];
    set.rows.push_back(row);
  }
  return set;
}

}  // namespace

TEST_CASE("figures are scikit-learn's, ties or not") {
  const json::value vectors = test::vectors_in(std::string(HANDRAIL_TEST_VECTORS) + "/training.json");
  for (const json::value& v : vectors.at("figures").as_array()) {
    CAPTURE(std::string(v.at("name").as_string()));
    const Judged judged{numbers(v.at("probabilities")), numbers(v.at("labels"))};
    const std::vector<double> once(judged.labels.size(), 1);
    const auto ranking = ranking_of(judged.probabilities);
    const auto is = [&](const char* name, double value) {
      CAPTURE(name);
      CHECK(value == doctest::Approx(v.at(name).to_number<double>()).epsilon(1e-10));
    };
    is("auc", auc(judged, ranking, once));
    is("averagePrecision", average_precision(judged, ranking, once));
    is("logLoss", log_loss(judged, once));
    is("brier", brier(judged, once));
    is("brierSkill", brier_skill(judged, once));
    is("ece", ece(judged, once));
  }
}

TEST_CASE("a row that counts twice is as two rows") {
  const Judged one{{0.9, 0.4, 0.4, 0.1}, {1, 0, 1, 0}}, two{{0.9, 0.4, 0.4, 0.4, 0.1}, {1, 0, 1, 1, 0}};
  const std::vector<double> counts = {1, 1, 2, 1}, once(5, 1);
  CHECK(auc(one, ranking_of(one.probabilities), counts) == doctest::Approx(auc(two)));
  CHECK(log_loss(one, counts) == doctest::Approx(log_loss(two, once)));
  CHECK(ece(one, counts) == doctest::Approx(ece(two, once)));
  CHECK(average_precision(one, ranking_of(one.probabilities), counts) ==
        doctest::Approx(average_precision(two, ranking_of(two.probabilities), once)));
}

TEST_CASE("what one class alone leaves undefined is not a number") {
  const Judged exits{{0.9, 0.4}, {1, 1}};
  const std::vector<double> once(2, 1);
  CHECK(std::isnan(auc(exits)));
  CHECK(std::isnan(brier_skill(exits, once)));
  CHECK(log_loss(exits, once) > 0);
}

TEST_CASE("a report counts rows, journeys, alerts and their lead") {
  const TrainingSet set = pairs({true, true, false, false, true, true, false, false});
  const RowNumbers rows = {0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<double> given = {0.9, 0.8, 0.2, 0.7, 0.6, 0.85, 0.1, 0.1};
  const auto report = judge(set, rows, given, {0.25, 50, 1});
  REQUIRE(report);
  CHECK(report->rows == 8);
  CHECK(report->journeys == 4);
  CHECK(report->journeys_exit == 2);
  CHECK(report->visitors == 4);
  CHECK(report->base_rate == doctest::Approx(0.5));
  CHECK(report->accuracy == doctest::Approx(7.0 / 8));
  CHECK(report->alert_probability == doctest::Approx(0.85));  // a quarter of eight
  CHECK(report->alert_precision.value == doctest::Approx(1));
  CHECK(report->alert_recall == doctest::Approx(0.5));
  CHECK(report->alert_journeys_recall == doctest::Approx(1));
  CHECK(report->alert_lead_events == doctest::Approx(6.5));  // 7 left at the one's first row, 6 at the other's second
  CHECK(report->prefix_weighted_auc == doctest::Approx(1));
  CHECK(report->auc.value == doctest::Approx(15.0 / 16));
  REQUIRE(report->prefixes.size() == 1);
  CHECK(report->prefixes[0].journeys == 4);
  CHECK(report->coverage.back().coverage == doctest::Approx(0));
}

TEST_CASE("rows that share the probability are alerted together") {
  const TrainingSet set = pairs({true, false, true, false});
  const auto report = judge(set, RowNumbers{0, 1, 2, 3}, std::vector<double>{0.5, 0.5, 0.5, 0.1}, {0.25, 0, 1});
  REQUIRE(report);
  CHECK(report->alert_share == doctest::Approx(0.75));
}

TEST_CASE("intervals hold the value, widen where visitors are few, and are the seed's") {
  const auto width = [](std::size_t count, std::uint64_t seed) {
    const TrainingSet set = test::visitors(count);
    RowNumbers rows;
    std::vector<double> given;
    for (std::size_t i = 0; i < set.size(); ++i) {
      rows.push_back(i);
      const float hint = set.numbers_of(i)[0];
      given.push_back(std::isnan(hint) ? 0.5 : std::min(0.95, 0.1 + 0.6 * static_cast<double>(hint)));
    }
    const auto report = judge(set, rows, given, {0.1, 100, seed});
    REQUIRE(report);
    CHECK(report->auc.low < report->auc.value);
    CHECK(report->auc.high > report->auc.value);
    return report->auc.high - report->auc.low;
  };
  CHECK(width(60, 1) > 2 * width(2'000, 1));
  CHECK(width(60, 1) == width(60, 1));
  CHECK(width(60, 1) != width(60, 2));
}

TEST_CASE("nothing can be judged by no rows, or without a probability for each") {
  const TrainingSet set = pairs({true, false});
  CHECK(judge(set, RowNumbers{}, std::vector<double>{}, {}).error().field == "rows");
  CHECK(judge(set, RowNumbers{0, 1}, std::vector<double>{0.5}, {}).error().field == "probabilities");
}
