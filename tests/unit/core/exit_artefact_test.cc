// SPDX-License-Identifier: Apache-2.0
#include "core/risk/exit_artefact.h"

#include <doctest/doctest.h>

#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

TEST_CASE("a model is the same after it was stored, and its bytes are the same each time") {
  const ExitParts parts = model_of_events(3, {{"loan.amount", PropertyKind::kNumber}});
  const std::string bytes = encode(parts);
  CHECK(encode(parts) == bytes);
  const auto again = decode_exit_parts(bytes);
  REQUIRE(again);
  CHECK(encode(*again) == bytes);
  CHECK(again->recipe == parts.recipe);
  REQUIRE(ExitModel::of(*again));
}

TEST_CASE("damaged and foreign bytes are refused, each of them") {
  const std::string bytes = encode(model_of_events(3));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x11);
    CHECK_FALSE(decode_exit_parts(damaged));
    CHECK_FALSE(decode_exit_parts(bytes.substr(0, i)));
  }
  CHECK_FALSE(decode_exit_parts("{\"learner\":{}}"));
}

TEST_CASE("a model that does not fit together is refused by name") {
  ExitParts parts = model_of_events(3);
  std::string field;
  SUBCASE("column") {
    parts.columns = {"what is this"};
    field = "columns";
  }
  SUBCASE("recipe") {
    parts.recipe.version = FeatureRecipe::kVersion + 1;
    field = "recipe";
  }
  SUBCASE("calibration") {
    parts.calibration[1].margin = -2;
    field = "calibration";
  }
  SUBCASE("score points") {
    parts.score_points[2].score = 5;
    field = "scorePoints";
  }
  SUBCASE("baselines") {
    parts.baselines.resize(1);
    field = "baselines";
  }
  const auto model = ExitModel::of(parts);
  REQUIRE_FALSE(model);
  CHECK(model.error().code == ErrorCode::kInvalidArgument);
  CHECK(model.error().field == field);
}

TEST_CASE("how many journeys a map would bring over the bar follows from their peaks") {
  ExitParts parts = model_of_events(3);
  for (std::uint32_t i = 0; i <= 200; ++i) parts.peaks.push_back(i * kProbabilityOne / 200);
  CHECK(share_reaching(parts.peaks, parts.score_points, 75) == doctest::Approx(250).epsilon(0.1));
  CHECK(share_reaching(parts.peaks, parts.score_points, 0) == 1000);
  CHECK_FALSE(share_reaching({}, parts.score_points, 75));
}

TEST_CASE("a baseline's bins hold about a tenth each, and a moved population is told from the same one") {
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(i));
  values.push_back(std::nanf(""));
  const Baseline baseline = baseline_of(values);
  REQUIRE(baseline.edges.size() == 9);
  CHECK(baseline.counts.back() == 1);
  CHECK(baseline.bin_of(-5) == 0);
  CHECK(baseline.bin_of(5000) == 9);
  CHECK(baseline.bin_of(std::nanf("")) == 10);
  CHECK(baseline.is_beyond(1000));
  CHECK_FALSE(baseline.is_beyond(999));
  std::vector<std::uint32_t> same(11), moved(11);
  for (int i = 0; i < 500; ++i) {
    ++same[baseline.bin_of(static_cast<float>(2 * i))];
    ++moved[baseline.bin_of(static_cast<float>(2 * i) + 289)];  // one standard deviation
  }
  CHECK(stability_index(baseline.counts, same) < 0.05);
  CHECK(stability_index(baseline.counts, moved) > 0.25);
}
