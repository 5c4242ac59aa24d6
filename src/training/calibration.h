// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/risk/exit_model.h"
#include "training/isotonic.h"

// Margins into probabilities, learnt from rows that the margins' model did not train on.
namespace handrail::training {

enum class CalibrationKind : std::uint8_t {
  kNone,      // the margin's own probability
  kShift,     // its log odds moved
  kPlatt,     // stretched and moved (Platt 1999, without his softened labels)
  kBeta,      // Kull, Silva Filho, Flach, "Beta calibration", 2017
  kIsotonic,  // whatever rises (pool adjacent violators; linear between the pools)
};
std::string_view name_of(CalibrationKind kind);

struct CalibrationRow {
  double margin = 0;
  double label = 0;  // 0 or 1
  double weight = 1;
  std::uint64_t visitor = 0;
  UnixMillis at = 0;
};
using CalibrationRows = std::vector<CalibrationRow>;

// Ascending in the margin.
class Calibration {
 public:
  // The best of that kind for the rows, by log loss. Where they would have it fall, it is flat.
  static Calibration fitted(CalibrationKind kind, std::span<const CalibrationRow> rows);

  double at(double margin) const;  // probability, kProbabilityLeast..1 - kProbabilityLeast
  CalibrationKind kind() const { return kind_; }
  double shift() const { return shift_; }
  void move(double log_odds) { shift_ += log_odds; }  // behind all else
  // kPlatt: slope, intercept. kBeta: of ln p, of -ln(1 - p), intercept.
  const std::array<double, 3>& weights() const { return weights_; }

  static constexpr double kProbabilityLeast = 0.001;

 private:
  CalibrationKind kind_ = CalibrationKind::kNone;
  double shift_ = 0;
  std::array<double, 3> weights_{};
  Isotonic isotonic_;
};

// The kind with the least log loss out of fold, visitors together. Beta and isotonic, which may follow noise, must be
// better than the simpler ones by more than two standard errors of the difference. None that stretches margins
// beyond 1.5 times is taken: a model grown anew on more rows has its margins a little elsewhere, and would be far off.
Calibration chosen_calibration(std::span<const CalibrationRow> rows, std::uint64_t seed);

// What the log odds lack so that predictions over the most recent rows are right on average. 0 unless walking forward
// through the rows' time, each block corrected by the window before it, lessens log loss by more than one standard
// error.
double recent_shift(const Calibration& calibration, std::span<const CalibrationRow> rows);

inline constexpr std::size_t kMarginStepsMax = 2048;
// The calibration where margins are between those two, and a little beyond, as a staircase.
std::vector<core::MarginStep> staircase_of(const Calibration& calibration, double margin_min, double margin_max);

}  // namespace handrail::training
