// SPDX-License-Identifier: Apache-2.0
#include "training/encoding.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/training/sets.h"
#include "training/random.h"

using namespace handrail;
using namespace handrail::training;

namespace {

RowNumbers all_rows(const TrainingSet& set) {
  RowNumbers rows;
  for (std::size_t i = 0; i < set.size(); ++i) rows.push_back(i);
  return rows;
}

constexpr std::size_t kPage = 0, kVisitor = 1;

}  // namespace

TEST_CASE("a value's encoding is the smoothed share of its rows' weight that exits") {
  TrainingSet set;
  set.category_names = {"page"};
  for (std::uint64_t i = 0; i < 8; ++i) {
    TrainingSet::Row row;
    row.visitor = row.journey = i;
    row.is_exit = i < 2;
    row.weight = i == 0 ? 3 : 1;
    set.rows.push_back(row);
    set.categories.push_back(i < 4 ? 7 : i < 7 ? 9 : 0);
  }
  const auto encoding = encoding_of(set, all_rows(set), 0, {.smoothing = 2, .visitors_min = 4});
  CHECK(encoding.column == "page");
  CHECK(encoding.unseen == doctest::Approx(0.4));  // 4 of 10
  REQUIRE(encoding.values.size() == 1);            // 9 has three visitors
  CHECK(encoding.of(7) == doctest::Approx((4 + 2 * 0.4) / (6 + 2)));
  CHECK(encoding.of(9) == encoding.unseen);
  CHECK(std::isnan(encoding.of(0)));
}

TEST_CASE("while it trains no row is told its own label, nor another of its visitor's") {
  TrainingSet set = test::visitors(300);
  const EncodingOptions options;
  const auto before = out_of_fold(set, all_rows(set), kPage, options);
  const std::uint64_t visitor = set.rows[100].visitor;
  for (auto& row : set.rows) {
    if (row.visitor == visitor) row.is_exit = !row.is_exit;
  }
  const auto after = out_of_fold(set, all_rows(set), kPage, options);
  std::size_t others_moved = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool is_equal = before[i] == after[i];
    if (set.rows[i].visitor == visitor) CHECK(is_equal);
    others_moved += !is_equal;
  }
  CHECK(others_moved > 100);  // it was told to the other folds
}

TEST_CASE("a value that one visitor alone has tells nothing") {
  const TrainingSet set = test::visitors(300);
  CHECK(encoding_of(set, all_rows(set), kVisitor, {}).values.empty());
  for (std::uint64_t fold = 0; fold < 5; ++fold) {
    const auto encoded = out_of_fold(set, all_rows(set), kVisitor, {.visitors_min = 1});
    float first = NAN;
    for (std::size_t i = 0; i < set.size(); ++i) {
      if (fold_of(set.rows[i].visitor, 5, 1) != fold) continue;
      if (std::isnan(first)) first = encoded[i];
      REQUIRE(encoded[i] == first);  // the base rate of the other folds
    }
  }
}

TEST_CASE("values stand in ascending order, whatever order they came in") {
  const auto encoding = encoding_of(test::visitors(300), all_rows(test::visitors(300)), kPage, {});
  REQUIRE(encoding.values.size() == 8);
  for (std::size_t i = 1; i < encoding.values.size(); ++i)
    CHECK(encoding.values[i].first > encoding.values[i - 1].first);
  CHECK(encoding.of(8) > encoding.of(1));  // the higher pages are of exits
}
