// SPDX-License-Identifier: Apache-2.0
#include "training/overlap.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace handrail::training;

TEST_CASE("what two samples of numbers have in common is the area under both histograms") {
  std::mt19937 random(3);
  const auto drawn = [&](float mean) {
    std::normal_distribution<float> normal(mean, 1);
    std::vector<float> values(20'000);
    for (float& value : values) value = normal(random);
    return values;
  };
  const auto here = drawn(0);
  CHECK(overlap(here, drawn(0)) > 0.95);
  // Two normal distributions a distance d apart: 2 Phi(-d/2).
  CHECK(overlap(here, drawn(1)) == doctest::Approx(0.617).epsilon(0.05));
  CHECK(overlap(here, drawn(10)) < 0.01);
}

TEST_CASE("a number that only grows has nothing in common with its earlier self, a rare value that comes again has") {
  std::vector<float> early, late, with_rare;
  for (int i = 0; i < 1000; ++i) {
    early.push_back(static_cast<float>(i));
    late.push_back(static_cast<float>(1000 + i));
    with_rare.push_back(i % 4 == 0 ? 7.0F : 5.0F);
  }
  CHECK(overlap(early, late) < 0.02);
  CHECK(overlap(std::vector<float>(50, 7.0F), with_rare) == doctest::Approx(0.25));
}

TEST_CASE("missing values are values of their own, and nothing has nothing in common with anything") {
  const std::vector<float> missing(10, NAN), half = {1, NAN, 1, NAN};
  CHECK(overlap(missing, half) == doctest::Approx(0.5));
  CHECK(overlap(missing, missing) == doctest::Approx(1));
  CHECK(overlap(std::vector<float>{}, half) == 0);
}

TEST_CASE("categories have in common what both hold") {
  using Categories = std::vector<std::uint64_t>;
  CHECK(overlap(Categories{1, 1, 2, 3}, Categories{1, 4, 4, 4}) == doctest::Approx(0.25));
  CHECK(overlap(Categories{1, 2}, Categories{3, 4}) == 0);
}
