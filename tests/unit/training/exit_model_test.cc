// SPDX-License-Identifier: Apache-2.0
#include "core/risk/exit_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/unit/training/sets.h"
#include "training/score_points.h"

using namespace handrail;

TEST_CASE("a staircase's step holds from its margin on, the first below it as well") {
  const std::vector<core::MarginStep> steps = {{-1, 100}, {0.5F, 200}, {2, 300}};
  CHECK(core::probability_at(steps, -5) == 100);
  CHECK(core::probability_at(steps, 0.499F) == 100);
  CHECK(core::probability_at(steps, 0.5F) == 200);
  CHECK(core::probability_at(steps, 2) == 300);
  CHECK(core::probability_at(steps, std::numeric_limits<float>::infinity()) == 300);
  CHECK(core::probability_at({}, 1) == 0);
}

TEST_CASE("a score is linear between corners, rounded down, and flat beyond the last") {
  const std::vector<core::ScorePoint> points = {{0, 0}, {100, 50}, {103, 80}, {200, 100}};
  CHECK(core::score_of(points, 0) == 0);
  CHECK(core::score_of(points, 99) == 49);
  CHECK(core::score_of(points, 100) == 50);
  CHECK(core::score_of(points, 101) == 60);
  CHECK(core::score_of(points, 200) == 100);
  CHECK(core::score_of(points, 65'536) == 100);
  CHECK(core::score_of({}, 5) == 0);
}

TEST_CASE("a category is its value, unseen or missing") {
  const core::CategoryEncoding encoding{"page", 0.25F, {{3, 0.5F}, {9, 0.75F}}};
  CHECK(encoding.of(9) == 0.75F);
  CHECK(encoding.of(4) == 0.25F);
  CHECK(std::isnan(encoding.of(0)));
}

TEST_CASE("score corners hold to shares of journeys, and rise where shares are tied") {
  const training::TrainingSet set = test::visitors(1'000);
  training::RowNumbers rows;
  std::vector<std::uint32_t> spread, same;
  for (std::size_t i = 0; i < set.size(); ++i) {
    rows.push_back(i);
    spread.push_back(static_cast<std::uint32_t>(30'000 + i));
    same.push_back(40'000);
  }
  const auto points = training::score_points_of(set, rows, spread, 0.4);
  REQUIRE(points.size() == 5);
  const auto exceeding = [&](std::uint32_t probability) {
    std::size_t journeys = 0;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const bool is_last = i + 1 == set.size() || set.rows[i + 1].journey != set.rows[i].journey;
      journeys += is_last && spread[i] > probability;  // they rise within a journey
    }
    return journeys;
  };
  CHECK(points[1].score == 50);
  CHECK(points[1].probability == 26'214);
  CHECK(exceeding(points[2].probability) == 50);
  CHECK(exceeding(points[3].probability) == 10);

  const auto tied = training::score_points_of(set, rows, same, 0.99999);
  CHECK(tied.front().probability == 0);
  CHECK(tied.back().probability == 65'536);
  CHECK(tied.back().score == 100);
  for (std::size_t i = 1; i < tied.size(); ++i) {
    CHECK(tied[i].probability > tied[i - 1].probability);
    CHECK(tied[i].score > tied[i - 1].score);
  }
}
