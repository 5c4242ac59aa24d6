// SPDX-License-Identifier: Apache-2.0
#include "training/trainer.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "adapters/xgboost/model_document.h"
#include "tests/unit/training/sets.h"
#include "training/model_card.h"
#include "training/report_json.h"

using namespace handrail;
using namespace handrail::training;

namespace {

TrainingOptions quick(int threads = 1) {
  TrainingOptions options;
  options.threads = threads;
  options.trials = 3;
  options.trees_max = 60;
  options.bootstrap = 20;
  return options;
}

// What the endpoint does with a row.
std::uint32_t probability_of(const TrainingSet& set, std::size_t row, const Trained& trained,
                             const core::Forest& forest) {
  std::vector<float> features;
  for (const std::string& column : trained.columns) {
    const auto number = std::find(set.number_names.begin(), set.number_names.end(), column);
    if (number != set.number_names.end()) features.push_back(set.numbers_of(row)[number - set.number_names.begin()]);
  }
  for (const core::CategoryEncoding& encoding : trained.encodings) {
    const auto category = std::find(set.category_names.begin(), set.category_names.end(), encoding.column);
    features.push_back(encoding.of(set.categories_of(row)[category - set.category_names.begin()]));
  }
  return core::probability_at(trained.calibration, forest.margin(features));
}

Error refused(const TrainingSet& set, TrainingOptions options = quick()) {
  const auto trained = train(set, options);
  REQUIRE_FALSE(trained);
  CHECK(trained.error().code == ErrorCode::kInvalidArgument);
  return trained.error();
}

}  // namespace

TEST_CASE("training learns what there is to learn, and its parts put together give the reported figures") {
  const TrainingSet set = test::visitors(2'000);
  const auto trained = train(set, quick());
  REQUIRE_MESSAGE(trained, trained.error().message);
  CHECK(trained->report.auc.value > 0.75);
  CHECK(trained->report.brier_skill.value > 0.15);
  CHECK(trained->report.ece.value < 0.1);
  CHECK(trained->report.visitors == 400);
  const auto model = xgboost::model_in(trained->booster);
  REQUIRE_MESSAGE(model, model.error().message);
  CHECK(model->feature_names == trained->columns);
  Judged judged;
  for (std::size_t row = 0; row < set.size(); ++row) {
    if (set.rows[row].at < trained->summary.test_from) continue;
    judged.probabilities.push_back(probability_of(set, row, *trained, model->forest) / 65'536.0);
    judged.labels.push_back(set.rows[row].is_exit ? 1 : 0);
  }
  CHECK(judged.labels.size() == trained->report.rows);
  CHECK(auc(judged) == doctest::Approx(trained->report.auc.value).epsilon(1e-12));
  CHECK(log_loss(judged, std::vector<double>(judged.labels.size(), 1)) ==
        doctest::Approx(trained->report.log_loss.value).epsilon(1e-12));
}

TEST_CASE("the same set, options and seed give the same bytes, whatever the number of threads") {
  const TrainingSet set = test::visitors(800);
  const auto one = train(set, quick(1)), two = train(set, quick(2));
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->booster == two->booster);
  CHECK(json_of(one->report) == json_of(two->report));
  CHECK(json_of(one->summary) == json_of(two->summary));
  REQUIRE(one->calibration.size() == two->calibration.size());
  for (std::size_t i = 0; i < one->calibration.size(); ++i) {
    CHECK(one->calibration[i].margin == two->calibration[i].margin);
    CHECK(one->calibration[i].probability == two->calibration[i].probability);
  }
  TrainingOptions other = quick(1);
  other.seed = 2;
  const auto reseeded = train(set, other);
  REQUIRE(reseeded);
  CHECK(reseeded->booster != one->booster);
}

TEST_CASE("the test part's labels change nothing but the report") {
  const TrainingSet set = test::visitors(800);
  const auto before = train(set, quick());
  REQUIRE(before);
  TrainingSet turned = set;
  for (auto& row : turned.rows) {
    if (row.at >= before->summary.test_from) row.is_exit = !row.is_exit;
  }
  const auto after = train(turned, quick());
  REQUIRE(after);
  CHECK(after->booster == before->booster);
  CHECK(json_of(after->validation) == json_of(before->validation));
  CHECK(after->report.auc.value == doctest::Approx(1 - before->report.auc.value));
}

TEST_CASE("columns that tell nothing new are left out by name") {
  const TrainingSet plain = test::visitors(800);
  TrainingSet set = test::with_column(plain, "always 3", [](std::size_t) { return 3.0F; });
  set = test::with_column(set, "never there", [](std::size_t) { return NAN; });
  set = test::with_column(set, "hint again", [&](std::size_t row) { return plain.numbers_of(row)[0]; });
  set = test::with_column(set, "ever later", [&](std::size_t row) { return static_cast<float>(plain.rows[row].at); });
  const auto trained = train(set, quick());
  REQUIRE_MESSAGE(trained, trained.error().message);
  REQUIRE(trained->summary.columns_dropped.size() == 5);
  CHECK(trained->summary.columns_dropped[0].name == "always 3");
  CHECK(trained->summary.columns_dropped[0].why == DroppedColumn::Why::kConstant);
  CHECK(trained->summary.columns_dropped[1].name == "never there");
  CHECK(trained->summary.columns_dropped[2].name == "hint again");
  CHECK(trained->summary.columns_dropped[2].why == DroppedColumn::Why::kSame);
  CHECK(trained->summary.columns_dropped[2].same_as == "hint");
  CHECK(trained->summary.columns_dropped[3].name == "ever later");
  CHECK(trained->summary.columns_dropped[3].why == DroppedColumn::Why::kElsewhere);
  CHECK(trained->summary.columns_dropped[4].name == "visitor");  // no visitor is in two parts
  CHECK(trained->columns == std::vector<std::string>{"hint", "noise", "page"});
  CHECK(trained->booster == train(plain, quick())->booster);
}

TEST_CASE("a column that gives the outcome away is refused by name") {
  const TrainingSet set = test::visitors(800);
  const auto is_exit = [&](std::size_t row) { return set.rows[row].is_exit; };
  const Error value = refused(test::with_column(
      set, "paid", [&](std::size_t row) { return is_exit(row) ? 0.1F * (row % 5) : 1.0F + row % 7; }));
  CHECK(value.field == "paid");
  CHECK(value.message.find("its value") != std::string::npos);
  const Error missing = refused(
      test::with_column(set, "receipt", [&](std::size_t row) { return is_exit(row) ? NAN : 0.1F * (row % 5); }));
  CHECK(missing.field == "receipt");
  CHECK(missing.message.find("missing") != std::string::npos);
  TrainingSet by_category = set;
  for (std::size_t row = 0; row < set.size(); ++row)
    by_category.categories[2 * row] = is_exit(row) ? 1 + row % 3 : 10 + row % 3;
  CHECK(refused(by_category).field == "page");
}

TEST_CASE("a set with too few journeys of a label, or of one alone, is refused") {
  const TrainingSet set = test::visitors(800);
  TrainingOptions options = quick();
  options.labels_min = 300;
  const Error few = refused(set, options);
  CHECK(few.field == "labels_min");
  CHECK(few.limit == 300);
  CHECK(few.message.find("reach a goal") != std::string::npos);
  TrainingSet exits = set;
  for (auto& row : exits.rows) row.is_exit = true;
  CHECK(refused(exits).field == "is_exit");
}

TEST_CASE("a set or options that make no sense are refused by field") {
  const TrainingSet set = test::visitors(600);
  CHECK(refused(TrainingSet{}).field == "rows");
  TrainingSet bad = set;
  bad.numbers.pop_back();
  CHECK(refused(bad).field == "numbers");
  bad = set;
  bad.categories.pop_back();
  CHECK(refused(bad).field == "categories");
  bad = set;
  bad.rows[3].weight = 0;
  CHECK(refused(bad).field == "weight");
  bad = set;
  bad.number_names[1] = "hint";
  CHECK(refused(bad).field == "hint");
  bad = set;
  std::fill(bad.numbers.begin(), bad.numbers.end(), 1.0F);
  std::fill(bad.categories.begin(), bad.categories.end(), 1);
  CHECK(refused(bad).field == "columns");
  for (const auto& [field, spoil] : std::vector<std::pair<std::string, void (*)(TrainingOptions&)>>{
           {"threads", [](TrainingOptions& o) { o.threads = 0; }},
           {"trials", [](TrainingOptions& o) { o.trials = 0; }},
           {"trees_max", [](TrainingOptions& o) { o.trees_max = 0; }},
           {"bootstrap", [](TrainingOptions& o) { o.bootstrap = -1; }},
           {"alert_rate", [](TrainingOptions& o) { o.alert_rate = 1.5; }},
           {"test_share", [](TrainingOptions& o) { o.test_share = 1; }}}) {
    TrainingOptions options = quick();
    spoil(options);
    CHECK(refused(set, options).field == field);
  }
}

TEST_CASE("progress rises to the end, and training stops when it is told to") {
  const TrainingSet set = test::visitors(600);
  TrainingOptions options = quick(2);
  std::vector<double> shares;
  options.on_progress = [&](double share, const std::string&) {
    shares.push_back(share);
    return true;
  };
  REQUIRE(train(set, options));
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.back() == 1);
  for (const double until : {0.0, 0.1, 0.5, 0.9, 0.99}) {
    CAPTURE(until);
    options.on_progress = [&](double share, const std::string&) { return share <= until; };
    const auto stopped = train(set, options);
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == ErrorCode::kUnavailable);
  }
}

TEST_CASE("a model card says what it was trained on, how good it is and what it is not for") {
  const auto trained = train(test::visitors(800), quick());
  REQUIRE(trained);
  const std::string card = model_card("checkout", *trained, quick());
  for (const char* words : {"# Model card: checkout", "## What it was trained on", "| test |", "| AUC | 0.",
                            "## By events seen", "## What it may not be used for", "At least 100 journeys"})
    CHECK_MESSAGE(card.find(words) != std::string::npos, words);
  CHECK(card.find("nan") == std::string::npos);
}
