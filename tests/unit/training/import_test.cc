// SPDX-License-Identifier: Apache-2.0
#include "training/import.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "adapters/xgboost/booster.h"
#include "adapters/xgboost/model_archive.h"
#include "core/risk/exit_artefact.h"
#include "tests/unit/training/rows.h"
#include "training/assembly.h"
#include "training/model_card.h"
#include "training/sagemaker_form.h"
#include "training/split.h"

using namespace handrail;
using namespace handrail::training;

namespace {

// What a notebook would save: trained on the split's first part, on the second number and then the first.
std::string notebooks_model(const TrainingSet& set, std::vector<std::string> names) {
  const auto split = split_of(set, {});
  REQUIRE(split);
  std::vector<float> values, labels;
  for (const std::size_t row : split->fit) {
    values.push_back(set.numbers_of(row)[1]);
    values.push_back(set.numbers_of(row)[0]);
    labels.push_back(set.rows[row].is_exit ? 1 : 0);
  }
  const auto matrix = xgboost::Matrix::of(values, 2, labels);
  REQUIRE(matrix);
  auto booster = xgboost::Booster::on(
      *matrix, {{"objective", "binary:logistic"}, {"max_depth", "3"}, {"base_score", "0.3"}, {"nthread", "1"}});
  REQUIRE(booster);
  while (booster->rounds() < 10) REQUIRE(booster->grow());
  return booster->ubj(names).value();
}

std::vector<std::string> names_of(const TrainingSet& set) { return {set.number_names[1], set.number_names[0]}; }

ImportOptions quick() {
  ImportOptions options;
  options.bootstrap = 0;
  return options;
}

Error error_of(const std::string& file, const TrainingSet& set, const ImportOptions& options = quick()) {
  const auto imported = import_model(file, set, options);
  REQUIRE_FALSE(imported);
  return imported.error();
}

}  // namespace

TEST_CASE("a notebook's model becomes an artefact that is calibrated, judged and scores the notebook's columns") {
  const Extracted rows = test::rows_of_visitors(1500);
  const std::string file = notebooks_model(rows.set, names_of(rows.set));
  const auto imported = import_model(file, rows.set, quick());
  REQUIRE_MESSAGE(imported, imported.error().message);
  CHECK(imported->report.auc.value > 0.7);
  CHECK(imported->report.ece.value < 0.1);
  CHECK(imported->summary.trees == 10);
  const auto parts = assemble("from a notebook", rows, *imported);
  REQUIRE_MESSAGE(parts, parts.error().message);
  CHECK(parts->columns == names_of(rows.set));
  CHECK(parts->peaks.size() == core::ExitParts::kPeaks);
  CHECK(parts->baselines.size() == 3);
  const auto again = core::decode_exit_parts(core::encode(*parts));
  REQUIRE(again);
  const auto model = core::ExitModel::of(*again);
  REQUIRE(model);
  const auto booster = xgboost::model_in(file);
  core::FeatureRow row;
  for (std::size_t i = 0; i < 50; ++i) {
    const float* numbers = rows.set.numbers_of(i);
    row.numbers.assign(numbers, numbers + rows.set.number_names.size());
    row.categories.assign(rows.set.category_names.size(), 0);
    const float features[] = {numbers[1], numbers[0]};
    CHECK((*model)->judge(row).margin == booster->forest.margin(features));
  }
}

TEST_CASE("an imported model's card says what is known of it, and nothing else") {
  const Extracted rows = test::rows_of_visitors(1500);
  const auto imported = import_model(notebooks_model(rows.set, names_of(rows.set)), rows.set, quick());
  REQUIRE(imported);
  const auto parts = assemble("n", rows, *imported);
  const boost::json::value card = boost::json::parse(parts->card);
  CHECK(card.at("training").at("imported").as_bool());
  CHECK_FALSE(card.at("training").as_object().contains("settings"));
  CHECK_FALSE(card.at("labels").as_object().contains("censored"));
  CHECK(card.at("test").at("auc").at("value").to_number<double>() == imported->report.auc.value);
  const std::string text = model_card("n", *imported, {});
  CHECK(text.find("Imported: 10 trees over 2 columns") != std::string::npos);
  CHECK(text.find("settings were tried") == std::string::npos);
}

TEST_CASE("a model.tar.gz is imported as the file in it, and goes back to SageMaker's form with the same trees") {
  const Extracted rows = test::rows_of_visitors(1500);
  const std::string file = notebooks_model(rows.set, names_of(rows.set));
  const auto imported = import_model(xgboost::archive_of_model(file).value(), rows.set, quick());
  REQUIRE_MESSAGE(imported, imported.error().message);
  CHECK(imported->booster == file);
  const auto parts = assemble("n", rows, *imported);
  const auto archive = sagemaker_archive(*parts);
  REQUIRE_MESSAGE(archive, archive.error().message);
  const auto model = xgboost::model_in(xgboost::model_in_archive(*archive).value().file), was = xgboost::model_in(file);
  REQUIRE(model);
  CHECK(model->feature_names == names_of(rows.set));
  for (std::size_t i = 0; i < 50; ++i) {
    const float features[] = {rows.set.numbers_of(i)[1], rows.set.numbers_of(i)[0]};
    CHECK(model->forest.margin(features) == was->forest.margin(features));
  }
  const boost::json::value columns = boost::json::parse(columns_document(*parts));
  CHECK(columns.at("columns").as_array().size() == 2);
  CHECK(columns.at("columns").at(0).at("name").as_string() == rows.set.number_names[1]);
  CHECK(columns.at("calibration").as_array().size() == parts->calibration.size());
}

TEST_CASE("a model that cannot be imported is refused with what to do") {
  const Extracted rows = test::rows_of_visitors(300);
  const TrainingSet& set = rows.set;
  const auto with_names = [&](const std::string& first, const std::string& second) {
    return error_of(notebooks_model(set, {first, second}), set);
  };
  CHECK(error_of("\x80 pickle", set).message.find("save_model") != std::string::npos);
  CHECK(error_of(notebooks_model(set, {}), set).message.find("names no features") != std::string::npos);
  CHECK(with_names(set.number_names[0], set.category_names[0]).message.find("is a category") != std::string::npos);
  CHECK(with_names(set.number_names[0], set.number_names[0]).message.find("stands twice") != std::string::npos);
  CHECK(with_names(set.number_names[0], "events_left").message.find("no feature of the rows") != std::string::npos);
  ImportOptions greedy = quick();
  greedy.labels_min = 1000;
  const Error few = error_of(notebooks_model(set, names_of(set)), set, greedy);
  CHECK(few.field == "labels_min");
  CHECK(few.limit == 1000);
}
