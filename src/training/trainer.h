// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/risk/exit_model.h"
#include "training/calibrated.h"
#include "training/summary.h"
#include "training/training_set.h"

namespace handrail::training {

struct TrainingOptions {
  std::uint64_t seed = 1;
  int threads = 2;
  int trials = 8;                 // of the search for parameters; 1: the defaults
  int trees_max = 500;            // early stopping ends before
  double test_share = 0.2;        // of visitors, the latest; judged once, chosen by nothing
  double validation_share = 0.2;  // of the others, the latest: early stopping, search and calibration
  SplitBy split_by = SplitBy::kTime;
  std::optional<UnixMillis> test_from;  // instead of test_share: visitors whose first row is not earlier
  double alert_rate = 0.1;              // of rows, for precision and lead time
  std::uint64_t labels_min = 100;       // journeys of either label in the part that trains
  int bootstrap = 200;                  // resamples, by visitor
  // Share done and words, for a progress bar; called on the thread that trains. False: stop (kUnavailable).
  std::function<bool(double share, const std::string& words)> on_progress = [](double, const std::string&) {
    return true;
  };
};

// What came out, to be put to use and to be read.
struct Trained : Calibrated {
  std::vector<core::CategoryEncoding> encodings;  // of the category columns that the model uses
  std::vector<std::string> columns;               // of the forest's features: number columns, then encoded categories
  std::string booster;                            // xgboost's UBJ, feature names included
  TrainingSummary summary;
};

// kInvalidArgument names what is wrong with the set: too few labels, one class only, a column that gives the label away
// (AUC of a single column beyond a limit). Same set, options and library: same bytes, whatever the number of threads.
Result<Trained> train(const TrainingSet& set, const TrainingOptions& options);

}  // namespace handrail::training
