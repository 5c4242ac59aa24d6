// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/risk/exit_model.h"
#include "training/metrics.h"
#include "training/split.h"

namespace handrail::training {

// What makes of a model's margins what it says, and how good that was.
struct Calibrated {
  std::vector<core::MarginStep> calibration;   // margin -> probability, the prior correction included
  std::vector<core::ScorePoint> score_points;  // by the validation part
  std::vector<std::uint32_t> peaks;            // of its journeys; core::ExitParts says how
  Report report;                               // of the test part
  Report validation;                           // of the rows that chose and calibrated: better than life
  std::string calibration_kind;                // "Platt", ...
  double recent_shift = 0;                     // log odds by which the calibration was moved for the most recent rows
};

// Margins of every row of a part, in the part's order. The validation's are of a model that did not train on it: the
// calibration is honest then, and of the most recent time.
struct PartMargins {
  std::span<const float> validation, test;
};
// kInvalidArgument as judge() says.
Result<Calibrated> calibrated(const TrainingSet& set, const Split& split, const PartMargins& margins,
                              const JudgeOptions& options);

}  // namespace handrail::training
