// SPDX-License-Identifier: Apache-2.0
#include "training/trainer.h"

#include <fmt/format.h>

#include <algorithm>

#include "training/encoding.h"

namespace handrail::training {
namespace {

constexpr std::size_t kSearchRowsMax = 100'000;  // a part thinned to these tells settings apart well enough
constexpr int kPatience = 40;

// Shares of the work, roughly as they take time.
constexpr double kPrepared = 0.05, kSearched = 0.45, kFitted = 0.7, kTrained = 0.93;

Result<void> check_options(const TrainingOptions& options) {
  const auto refusal = [](const char* must, const char* field) {
    return fail(ErrorCode::kInvalidArgument, must, field);
  };
  if (options.threads < 1) return refusal("must be at least 1", "threads");
  if (options.trials < 1) return refusal("must be at least 1", "trials");
  if (options.trees_max < 1) return refusal("must be at least 1", "trees_max");
  if (options.bootstrap < 0) return refusal("must not be below 0", "bootstrap");
  if (!(options.alert_rate > 0 && options.alert_rate <= 1))
    return refusal("must be above 0 and at most 1", "alert_rate");
  return {};
}

Result<void> check_shape(const TrainingSet& set) {
  if (set.numbers.size() != set.size() * set.number_names.size())
    return fail(ErrorCode::kInvalidArgument, "must be as many as rows times number columns", "numbers");
  if (set.categories.size() != set.size() * set.category_names.size())
    return fail(ErrorCode::kInvalidArgument, "must be as many as rows times category columns", "categories");
  for (const TrainingSet::Row& row : set.rows) {
    if (!(row.weight > 0)) return fail(ErrorCode::kInvalidArgument, "must be above 0 in every row", "weight");
  }
  return {};
}

Result<void> check_labels(const TrainingSet& set, const RowNumbers& rows, std::uint64_t labels_min) {
  const Labels labels = labels_of(set, rows);
  if (labels.exits == 0 || labels.others == 0)
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("the part that trains knows {} alone: there is nothing to tell apart. Check which events are "
                    "goals, and that journeys of both outcomes are in the time that trains",
                    labels.exits == 0 ? "journeys that reached a goal" : "exits"),
        "is_exit");
  const std::uint64_t fewer = std::min(labels.exits, labels.others);
  if (fewer >= labels_min) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("the part that trains has {} journeys that {}; at least {} are needed. Gather more, or train "
                          "over a longer time",
                          fewer, labels.exits < labels.others ? "end in an exit" : "reach a goal", labels_min),
              "labels_min", static_cast<std::int64_t>(labels_min));
}

Sample sample_of(const TrainingSet& set, const RowNumbers& rows, std::vector<float> features) {
  Sample sample{std::move(features), {}, {}, {}};
  for (const std::size_t row : rows) {
    sample.labels.push_back(set.rows[row].is_exit ? 1 : 0);
    sample.weights.push_back(set.rows[row].weight);
    sample.visitors.push_back(set.rows[row].visitor);
  }
  return sample;
}

// The steps of one training, in their order.
class Training {
 public:
  Training(const TrainingSet& set, const TrainingOptions& options) : set_(set), options_(options) {}

  Result<Trained> run() {
    if (auto done = prepare(); !done) return pass_on(done);
    if (auto done = choose(); !done) return pass_on(done);
    if (auto done = grow(); !done) return pass_on(done);
    if (auto done = calibrate(); !done) return pass_on(done);
    if (auto told = tell(1, "done"); !told) return pass_on(told);
    return std::move(trained_);
  }

 private:
  Result<void> tell(double share, const std::string& words) {
    if (options_.on_progress(share, words)) return {};
    return fail(ErrorCode::kUnavailable, "training was stopped");
  }

  Result<void> prepare() {
    for (const auto& checked : {check_options(options_), check_shape(set_)}) {
      if (!checked) return checked;
    }
    auto split = split_of(set_, {options_.test_share, options_.validation_share, options_.test_from});
    if (!split) return pass_on(split);
    split_ = std::move(*split);
    train_ = split_.train();
    if (auto checked = check_labels(set_, split_.fit, options_.labels_min); !checked) return checked;
    auto columns = telling_columns(set_, split_.fit, split_.validation);
    if (!columns) return pass_on(columns);
    columns_ = std::move(*columns);
    if (auto checked = check_leaks(set_, train_, columns_); !checked) return checked;
    encoding_.seed = options_.seed;
    return tell(kPrepared, "searching for parameters");
  }

  // What is chosen by the validation: settings and the number of trees.
  Result<void> choose() {
    const Sample fit = sample_of(set_, split_.fit, features_out_of_fold(set_, split_.fit, columns_, encoding_));
    const auto encodings = encodings_of(set_, split_.fit, columns_, encoding_);
    const Sample validation =
        sample_of(set_, split_.validation, features_of(set_, split_.validation, columns_, encodings));
    auto found =
        search(thinned(fit, kSearchRowsMax, options_.seed), thinned(validation, kSearchRowsMax, options_.seed),
               {options_.trials, options_.trees_max, options_.threads, options_.seed}, [&](double share) {
                 return options_.on_progress(kPrepared + (kSearched - kPrepared) * share, "searching for parameters");
               });
    if (!found) return pass_on(found);
    found_ = std::move(*found);
    auto best = fit_until_no_better(fit, validation, found_.settings, {options_.trees_max, kPatience, options_.seed},
                                    [&] { return options_.on_progress(kSearched, "finding the number of trees"); });
    if (!best) return pass_on(best);
    fit_ = std::move(*best);
    return tell(kFitted, "training on all rows before the test");
  }

  // The model that is kept, on all rows before the test.
  Result<void> grow() {
    const Sample all = sample_of(set_, train_, features_out_of_fold(set_, train_, columns_, encoding_));
    const auto matrix = xgboost::Matrix::of(all.features, columns_.size(), all.labels, all.weights);
    if (!matrix) return pass_on(matrix);
    auto booster = xgboost::Booster::on(*matrix, parameters_of(found_.settings, all.base_rate(), options_.seed));
    if (!booster) return pass_on(booster);
    while (booster->rounds() < fit_.rounds) {
      if (auto grown = booster->grow(); !grown) return grown;
      const double share = static_cast<double>(booster->rounds()) / fit_.rounds;
      if (auto told = tell(kFitted + (kTrained - kFitted) * share, "training on all rows before the test"); !told)
        return told;
    }
    trained_.columns = columns_.names(set_);
    auto bytes = booster->ubj(trained_.columns);
    if (!bytes) return pass_on(bytes);
    trained_.booster = std::move(*bytes);
    trained_.encodings = encodings_of(set_, train_, columns_, encoding_);
    const auto test =
        xgboost::Matrix::of(features_of(set_, split_.test, columns_, trained_.encodings), columns_.size());
    if (!test) return pass_on(test);
    auto margins = booster->margins(*test);
    if (!margins) return pass_on(margins);
    test_margins_ = std::move(*margins);
    return tell(kTrained, "calibrating and judging");
  }

  // By the validation's margins of the model that did not train on it. The map holds for the model that is kept as
  // well: margins cross-fitted over all rows before the test did worse on later ones.
  Result<void> calibrate() {
    auto done = calibrated(set_, split_, {fit_.margins, test_margins_},
                           {options_.alert_rate, options_.bootstrap, options_.seed});
    if (!done) return pass_on(done);
    static_cast<Calibrated&>(trained_) = std::move(*done);
    summarize();
    return {};
  }

  void summarize() {
    TrainingSummary& summary = trained_.summary;
    summary.seed = options_.seed;
    tell_split(set_, split_, summary);
    summary.columns_dropped = columns_.dropped;
    summary.settings = found_.settings;
    summary.trials = found_.trials;
    summary.trees = fit_.rounds;
    summary.calibration = trained_.calibration_kind;
    summary.recent_shift = trained_.recent_shift;
    summary.xgboost_version = xgboost::library_version();
  }

  const TrainingSet& set_;
  const TrainingOptions& options_;
  Split split_;
  RowNumbers train_;
  Columns columns_;
  EncodingOptions encoding_;
  Found found_;
  Fit fit_;
  std::vector<float> test_margins_;
  Trained trained_;
};

}  // namespace

Result<Trained> train(const TrainingSet& set, const TrainingOptions& options) { return Training(set, options).run(); }

}  // namespace handrail::training
