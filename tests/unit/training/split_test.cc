// SPDX-License-Identifier: Apache-2.0
#include "training/split.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/training/sets.h"

using namespace handrail;
using namespace handrail::training;

namespace {

// A row: visitor, and minute.
TrainingSet of(const std::vector<std::pair<std::uint64_t, int>>& rows) {
  TrainingSet set;
  for (const auto& [visitor, minute] : rows) {
    TrainingSet::Row row;
    row.visitor = row.journey = visitor;
    row.at = minute * kMinute;
    set.rows.push_back(row);
  }
  return set;
}

std::set<std::uint64_t> visitors_of(const TrainingSet& set, const RowNumbers& rows) {
  std::set<std::uint64_t> visitors;
  for (const std::size_t row : rows) visitors.insert(set.rows[row].visitor);
  return visitors;
}

}  // namespace

TEST_CASE("visitors are split by their first row, the latest to the test, and lie in one part alone") {
  const TrainingSet set = test::visitors(500);
  const auto split = split_of(set, {0.2, 0.25, {}});
  REQUIRE(split);
  const auto fit = visitors_of(set, split->fit), validation = visitors_of(set, split->validation),
             test = visitors_of(set, split->test);
  CHECK(fit.size() == 300);
  CHECK(validation.size() == 100);
  CHECK(test.size() == 100);
  std::set<std::uint64_t> all = fit;
  all.insert(validation.begin(), validation.end());
  all.insert(test.begin(), test.end());
  CHECK(all.size() == 500);
  for (const std::size_t row : split->validation) REQUIRE(set.rows[row].at >= split->validation_from);
  for (const std::size_t row : split->test) REQUIRE(set.rows[row].at >= split->test_from);
}

TEST_CASE("what an earlier part would not yet have known is dropped") {
  // Visitor 1 is still there when 4 comes, who is validation, and when 5 comes, who is the test.
  const TrainingSet set = of({{1, 0}, {1, 35}, {1, 45}, {2, 10}, {3, 20}, {4, 30}, {4, 39}, {4, 41}, {5, 40}, {5, 50}});
  const auto split = split_of(set, {0.2, 0.25, {}});
  REQUIRE(split);
  CHECK(split->validation_from == 30 * kMinute);
  CHECK(split->test_from == 40 * kMinute);
  CHECK(split->fit == RowNumbers{0, 3, 4});
  CHECK(split->validation == RowNumbers{5, 6});
  CHECK(split->test == RowNumbers{8, 9});
  CHECK(split->dropped == 3);
  CHECK(split->train() == RowNumbers{0, 1, 3, 4, 5, 6});  // known before the test
}

TEST_CASE("a visitor that comes again stays in the part of its first row") {
  const TrainingSet set = of({{1, 0}, {2, 10}, {3, 20}, {4, 30}, {4, 60}, {5, 40}});
  const auto split = split_of(set, {0.4, 0.34, {}});
  REQUIRE(split);
  CHECK(split->test == RowNumbers{3, 4, 5});
}

TEST_CASE("the test may begin at a time that is given") {
  const TrainingSet set = test::visitors(100);
  const auto split = split_of(set, {0.2, 0.2, 70 * kMinute});
  REQUIRE(split);
  CHECK(visitors_of(set, split->test).size() == 30);
  CHECK(visitors_of(set, split->validation).size() == 14);
}

TEST_CASE("a split refuses shares out of range and parts without rows") {
  const TrainingSet set = test::visitors(100);
  CHECK(split_of(set, {0, 0.2, {}}).error().field == "test_share");
  CHECK(split_of(set, {0.2, 1, {}}).error().field == "validation_share");
  CHECK(split_of(set, {0.2, 0.2, 1'000 * kMinute}).error().field == "test");
  CHECK(split_of(set, {0.2, 0.2, 0}).error().field == "fit");
  CHECK(split_of(TrainingSet{}, {}).error().field == "rows");
}

TEST_CASE("labels are counted by journey") {
  const TrainingSet set = test::visitors(50);
  RowNumbers rows;
  std::uint64_t exits = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    rows.push_back(i);
    exits += set.rows[i].prefix == 1 && set.rows[i].is_exit;
  }
  const Labels labels = labels_of(set, rows);
  CHECK(labels.exits == exits);
  CHECK(labels.others == 50 - exits);
}

TEST_CASE("by lot every visitor is in one part, the parts have their shares, and the seed draws") {
  TrainingSet set;
  for (std::uint64_t visitor = 0; visitor < 5'000; ++visitor) {
    for (int row = 0; row < 2; ++row) {
      TrainingSet::Row one;
      one.visitor = one.journey = visitor;
      one.at = static_cast<UnixMillis>(visitor) * kMinute + row;
      set.rows.push_back(one);
    }
  }
  const auto split = split_of(set, {0.2, 0.25, {}, SplitBy::kVisitors, 3});
  REQUIRE(split);
  CHECK(split->by == SplitBy::kVisitors);
  CHECK(split->fit.size() + split->validation.size() + split->test.size() == set.rows.size());
  CHECK(static_cast<double>(split->test.size()) == doctest::Approx(2'000).epsilon(0.1));
  CHECK(static_cast<double>(split->validation.size()) == doctest::Approx(2'000).epsilon(0.1));
  for (const RowNumbers* part : {&split->fit, &split->validation, &split->test}) {
    REQUIRE(part->size() % 2 == 0);
    for (std::size_t i = 0; i < part->size(); i += 2)
      REQUIRE(set.rows[(*part)[i]].visitor == set.rows[(*part)[i + 1]].visitor);
  }
  CHECK(set.rows[split->test.front()].at < set.rows[split->fit.back()].at);  // not by time
  CHECK(split_of(set, {0.2, 0.25, {}, SplitBy::kVisitors, 4})->test != split->test);
}
