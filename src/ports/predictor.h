// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace handrail {

// Another place than this process that says how likely journeys are to end without their goal, from the rows that a
// model of the site sees (core::ExitModel::fill): the same model behind an endpoint, or any over the same columns in
// the same order. Thread-safe; blocks.
class Predictor {
 public:
  virtual ~Predictor() = default;

  // For each row, in their order, what the objective (binary:logistic) says before any calibration: 0 to 1, and whoever
  // asks checks that. NaN in a row: missing. All rows of one length; a few at once.
  // Answers within about `within` (ms): kTimeout, where there is no answer by then. kUnavailable: later may do;
  // kLimitExceeded: asked too often; kInvalidArgument: refused, with the other's words; kCorrupt: an answer of
  // another form or number than asked for.
  virtual Result<std::vector<double>> ask(std::span<const std::vector<float>> rows, Millis within) = 0;

  virtual std::string name() const = 0;  // for people
};

}  // namespace handrail
