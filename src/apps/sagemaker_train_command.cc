// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "apps/commands.h"
#include "training/sagemaker_job.h"

// A training job as SageMaker runs its containers: what to do lies in files, and so does what came of it.
namespace handrail {

int run_sagemaker_train(const SagemakerTrainFlags& flags) {
  const auto done = training::run_sagemaker_job(flags.root, [](const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  });
  if (done) {
    fmt::print("{} rounds of trees on {} rows, {} to validate\n", done->rounds, done->rows, done->validation_rows);
    return kOk;
  }
  fmt::print(stderr, "handrail: {}\n", done.error().message);
  if (const auto told = training::write_failure(flags.root, done.error().message); !told)
    fmt::print(stderr, "handrail: {}\n", told.error().message);
  return kFailed;  // SageMaker knows 0 and others
}

}  // namespace handrail
