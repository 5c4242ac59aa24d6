// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace handrail::training {

struct SagemakerResult {
  std::uint64_t rows = 0, validation_rows = 0;
  int rounds = 0;  // of trees that were kept
};

// A training job as SageMaker's built-in XGBoost container does it. Reads `root`/input/config/hyperparameters.json
// (values are strings; num_round is needed), the channels train and, where it is there, validation under
// `root`/input/data (CSV files, no header, the label first, an empty cell is missing), and writes
// `root`/model/xgboost-model. `say` hears a line for each round, with the names that the container's metrics have:
// "[3]#011train-logloss:0.512#011validation-logloss:0.533".
// kInvalidArgument names the parameter, or the file and line, and what is allowed. With early_stopping_rounds the best
// round on the validation channel ends the model.
Result<SagemakerResult> run_sagemaker_job(const std::filesystem::path& root,
                                          const std::function<void(const std::string& line)>& say);

// What a job that failed leaves behind: `root`/output/failure with the reason, at most 1,024 characters of it.
Result<void> write_failure(const std::filesystem::path& root, const std::string& reason);

}  // namespace handrail::training
