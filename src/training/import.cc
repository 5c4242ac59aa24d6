// SPDX-License-Identifier: Apache-2.0
#include "training/import.h"

#include <algorithm>

#include "adapters/xgboost/model_archive.h"
#include "base/nearest.h"

namespace handrail::training {
namespace {

tl::unexpected<Error> refusal(const std::string& what, const std::string& field) {
  return fail(ErrorCode::kInvalidArgument, "model: " + what, field);
}

Result<std::string> booster_in(std::string_view file) {
  if (!xgboost::is_archive(file)) return std::string(file);
  auto archived = xgboost::model_in_archive(file);
  if (!archived) return pass_on(archived);
  return std::move(archived->file);
}

// Where the features of a model stand among the set's number columns.
Result<Columns> columns_of(const std::vector<std::string>& features, const TrainingSet& set) {
  if (features.empty())
    return refusal("names no features: train on a DataFrame of the set's columns, or set feature_names",
                   "feature_names");
  Columns columns;
  for (const std::string& feature : features) {
    if (std::ranges::count(features, feature) > 1)
      return refusal("the feature \"" + feature + "\" stands twice", "feature_names");
    const auto found = std::ranges::find(set.number_names, feature);
    if (found != set.number_names.end()) {
      columns.numbers.push_back(static_cast<std::size_t>(found - set.number_names.begin()));
      continue;
    }
    if (std::ranges::find(set.category_names, feature) != set.category_names.end())
      return refusal("the feature \"" + feature +
                         "\" is a category, and how the notebook made a number of it is not in the model: train on the "
                         "number columns alone, or use `handrail train`, which encodes categories itself",
                     "feature_names");
    return refusal("the feature \"" + feature + "\" is no feature of the rows; did you mean \"" +
                       std::string(nearest_name(feature, set.number_names)) + "\"?",
                   "feature_names");
  }
  return columns;
}

Result<void> check_labels(const TrainingSet& set, const RowNumbers& validation, std::uint64_t labels_min) {
  const Labels labels = labels_of(set, validation);
  const std::uint64_t fewer = std::min(labels.exits, labels.others);
  if (fewer >= std::max<std::uint64_t>(labels_min, 1)) return {};
  return fail(ErrorCode::kInvalidArgument,
              "rows: the part that calibrates has " + std::to_string(fewer) + " journeys that " +
                  (labels.exits < labels.others ? "end in an exit" : "reach a goal") + "; at least " +
                  std::to_string(labels_min) + " are needed. Give rows of a longer time",
              "labels_min", static_cast<std::int64_t>(labels_min));
}

// Of some rows, by the very walk that will score visitors.
std::vector<float> margins_of(const core::Forest& forest, const TrainingSet& set, const RowNumbers& rows,
                              const Columns& columns) {
  std::vector<float> margins, features(columns.numbers.size());
  for (const std::size_t row : rows) {
    const float* numbers = set.numbers_of(row);
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = numbers[columns.numbers[i]];
    margins.push_back(forest.margin(features));
  }
  return margins;
}

void summarize(const xgboost::Model& model, const TrainingSet& set, const Split& split, Trained& trained) {
  trained.summary.is_imported = true;
  tell_split(set, split, trained.summary);
  trained.summary.trees = static_cast<int>(model.trees.size());
  trained.summary.calibration = trained.calibration_kind;
  trained.summary.recent_shift = trained.recent_shift;
  trained.summary.xgboost_version = model.version;
}

}  // namespace

Result<Trained> import_model(std::string_view file, const TrainingSet& set, const ImportOptions& options) {
  auto booster = booster_in(file);
  if (!booster) return pass_on(booster);
  const auto model = xgboost::model_in(*booster);
  if (!model) return pass_on(model);
  const auto columns = columns_of(model->feature_names, set);
  if (!columns) return pass_on(columns);
  SplitOptions parts;
  parts.test_from = options.test_from;
  const auto split = split_of(set, parts);
  if (!split) return pass_on(split);
  if (auto checked = check_labels(set, split->validation, options.labels_min); !checked) return pass_on(checked);
  if (auto checked = check_leaks(set, split->train(), *columns); !checked) return pass_on(checked);
  const auto validation = margins_of(model->forest, set, split->validation, *columns),
             test = margins_of(model->forest, set, split->test, *columns);
  auto done = calibrated(set, *split, {validation, test}, {options.alert_rate, options.bootstrap, options.seed});
  if (!done) return pass_on(done);
  Trained trained;
  static_cast<Calibrated&>(trained) = std::move(*done);
  trained.columns = model->feature_names;
  trained.booster = std::move(*booster);
  summarize(*model, set, *split, trained);
  return trained;
}

}  // namespace handrail::training
