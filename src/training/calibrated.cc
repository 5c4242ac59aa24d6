// SPDX-License-Identifier: Apache-2.0
#include "training/calibrated.h"

#include <algorithm>

#include "core/risk/exit_artefact.h"
#include "training/calibration.h"
#include "training/score_points.h"

namespace handrail::training {
namespace {

void calibrate(const TrainingSet& set, const Split& split, std::span<const float> margins, std::uint64_t seed,
               Calibrated& out) {
  const RowNumbers& part = split.validation;
  CalibrationRows rows;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const TrainingSet::Row& row = set.rows[part[i]];
    rows.push_back({margins[i], row.is_exit ? 1.0 : 0.0, row.weight, row.visitor, row.at});
  }
  Calibration calibration = chosen_calibration(rows, seed);
  out.calibration_kind = name_of(calibration.kind());
  if (split.by == SplitBy::kTime) out.recent_shift = recent_shift(calibration, rows);
  calibration.move(out.recent_shift);
  const auto [least, most] = std::ranges::minmax(margins);
  out.calibration = staircase_of(calibration, static_cast<double>(least), static_cast<double>(most));
}

std::vector<std::uint32_t> probabilities_of(const Calibrated& calibrated, std::span<const float> margins) {
  std::vector<std::uint32_t> out;
  for (const float margin : margins) out.push_back(core::probability_at(calibrated.calibration, margin));
  return out;
}

Result<Report> judged(const TrainingSet& set, const RowNumbers& rows, const std::vector<std::uint32_t>& probabilities,
                      const JudgeOptions& options) {
  std::vector<double> as_numbers;
  for (const std::uint32_t probability : probabilities)
    as_numbers.push_back(static_cast<double>(probability) / core::kProbabilityOne);
  return judge(set, rows, as_numbers, options);
}

}  // namespace

Result<Calibrated> calibrated(const TrainingSet& set, const Split& split, const PartMargins& margins,
                              const JudgeOptions& options) {
  Calibrated out;
  calibrate(set, split, margins.validation, options.seed, out);
  const auto of_validation = probabilities_of(out, margins.validation), of_test = probabilities_of(out, margins.test);
  auto validation = judged(set, split.validation, of_validation, options);
  if (!validation) return pass_on(validation);
  auto test = judged(set, split.test, of_test, options);
  if (!test) return pass_on(test);
  out.validation = std::move(*validation);
  out.report = std::move(*test);
  out.peaks = peak_quantiles(set, split.validation, of_validation, core::ExitParts::kPeaks);
  out.score_points = score_points_of(set, split.validation, of_validation, out.validation.base_rate);
  return out;
}

}  // namespace handrail::training
