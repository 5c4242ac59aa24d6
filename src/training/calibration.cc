// SPDX-License-Identifier: Apache-2.0
#include "training/calibration.h"

#include <algorithm>
#include <cmath>

#include "training/logistic.h"
#include "training/paired_gain.h"
#include "training/random.h"

namespace handrail::training {
namespace {

constexpr std::uint64_t kFolds = 5;
constexpr std::size_t kRecentRowsMin = 200;  // fewer say too little of a share
constexpr double kSlopeMax = 1.5;
constexpr double kShiftMax = 5;
constexpr CalibrationKind kKinds[] = {CalibrationKind::kNone, CalibrationKind::kShift, CalibrationKind::kPlatt,
                                      CalibrationKind::kBeta, CalibrationKind::kIsotonic};

bool is_flexible(CalibrationKind kind) { return kind == CalibrationKind::kBeta || kind == CalibrationKind::kIsotonic; }

double clamped(double probability) {
  return std::clamp(probability, Calibration::kProbabilityLeast, 1 - Calibration::kProbabilityLeast);
}

void add(const CalibrationRow& row, double before, double after, PairedGain& gain) {
  const auto loss = [&](double p) { return -row.weight * std::log(row.label > 0 ? p : 1 - p); };
  gain.add(row.visitor, loss(before), loss(after));
}

// ln p and -ln(1 - p) of a margin's own probability.
std::pair<double, double> logarithms(double margin) {
  return {-std::log1p(std::exp(-margin)), std::log1p(std::exp(margin))};
}

std::array<double, 3> platt(std::span<const CalibrationRow> rows) {
  std::vector<LogisticRow> all;
  for (const CalibrationRow& row : rows) all.push_back({{row.margin, 1, 0}, row.label, row.weight});
  const auto weights = logistic_weights(all, {true, true, false});
  return weights[0] > 0 ? weights : logistic_weights(all, {false, true, false});
}

// A weight below 0 would let it fall: it is then 0, and the others fitted anew, as its authors do.
std::array<double, 3> beta(std::span<const CalibrationRow> rows) {
  std::vector<LogisticRow> all;
  for (const CalibrationRow& row : rows) {
    const auto [low, high] = logarithms(row.margin);
    all.push_back({{low, high, 1}, row.label, row.weight});
  }
  std::array<bool, 3> is_free = {true, true, true};
  auto weights = logistic_weights(all, is_free);
  for (int i = 0; i < 2 && (weights[0] < 0 || weights[1] < 0); ++i) {
    is_free[weights[0] < weights[1] ? 0 : 1] = false;
    weights = logistic_weights(all, is_free);
  }
  return weights;
}

// By how much log odds must move so that predictions are right on average, by halving: at most kShiftMax either way.
double shift_of(const Calibration& calibration, std::span<const CalibrationRow> rows) {
  constexpr int kHalvings = 40;
  std::vector<double> log_odds;
  double exits = 0;
  for (const CalibrationRow& row : rows) {
    log_odds.push_back(log_odds_of(calibration.at(row.margin)));
    exits += row.weight * row.label;
  }
  double low = -kShiftMax, high = kShiftMax;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    double predicted = 0;
    for (std::size_t j = 0; j < rows.size(); ++j) predicted += rows[j].weight * sigmoid(log_odds[j] + middle);
    (predicted < exits ? low : high) = middle;
  }
  return (low + high) / 2;
}

// A fold's rows, or all others'.
CalibrationRows part(std::span<const CalibrationRow> rows, std::uint64_t fold, std::uint64_t seed, bool is_in) {
  CalibrationRows out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
               [&](const CalibrationRow& row) { return (fold_of(row.visitor, kFolds, seed) == fold) == is_in; });
  return out;
}

// What each row is given by that kind, fitted to the other folds.
std::vector<double> out_of_fold(CalibrationKind kind, std::span<const CalibrationRow> rows, std::uint64_t seed) {
  std::vector<double> probabilities(rows.size());
  for (std::uint64_t fold = 0; fold < kFolds; ++fold) {
    const Calibration fitted = Calibration::fitted(kind, part(rows, fold, seed, false));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (fold_of(rows[i].visitor, kFolds, seed) == fold) probabilities[i] = fitted.at(rows[i].margin);
    }
  }
  return probabilities;
}

// One window before each block, walking forward; the rows in the order of time.
bool helps(const Calibration& calibration, std::span<const CalibrationRow> rows, std::size_t block) {
  PairedGain gain;
  for (std::size_t at = block; at + block <= rows.size(); at += block) {
    const double shift = shift_of(calibration, rows.subspan(at - block, block));
    for (const CalibrationRow& row : rows.subspan(at, block)) {
      const double before = calibration.at(row.margin);
      add(row, before, clamped(sigmoid(log_odds_of(before) + shift)), gain);
    }
  }
  return gain.is_clear();
}

// How much log odds rise with the margin, where most rows are.
double slope_of(const Calibration& calibration, std::span<const CalibrationRow> rows) {
  std::vector<double> margins;
  for (const CalibrationRow& row : rows) margins.push_back(row.margin);
  std::sort(margins.begin(), margins.end());
  const double low = margins[margins.size() / 10], high = margins[margins.size() - 1 - margins.size() / 10];
  if (low == high) return 0;
  return (log_odds_of(calibration.at(high)) - log_odds_of(calibration.at(low))) / (high - low);
}

}  // namespace

std::string_view name_of(CalibrationKind kind) {
  constexpr std::string_view kNames[] = {"none", "shift", "Platt", "beta", "isotonic"};
  return kNames[static_cast<std::size_t>(kind)];
}

Calibration Calibration::fitted(CalibrationKind kind, std::span<const CalibrationRow> rows) {
  Calibration calibration;
  if (kind == CalibrationKind::kShift) calibration.shift_ = shift_of(calibration, rows);
  calibration.kind_ = kind;
  if (kind == CalibrationKind::kPlatt) calibration.weights_ = platt(rows);
  if (kind == CalibrationKind::kBeta) calibration.weights_ = beta(rows);
  if (kind == CalibrationKind::kIsotonic) {
    std::vector<IsotonicPoint> points;
    for (const CalibrationRow& row : rows) points.push_back({row.margin, row.label, row.weight});
    calibration.isotonic_ = Isotonic(std::move(points));
  }
  return calibration;
}

double Calibration::at(double margin) const {
  double log_odds = margin;
  if (kind_ == CalibrationKind::kPlatt) log_odds = weights_[0] * margin + weights_[1];
  if (kind_ == CalibrationKind::kBeta) {
    const auto [low, high] = logarithms(margin);
    log_odds = weights_[0] * low + weights_[1] * high + weights_[2];
  }
  if (kind_ == CalibrationKind::kIsotonic) log_odds = log_odds_of(clamped(isotonic_.at(margin)));
  return clamped(sigmoid(log_odds + shift_));
}

Calibration chosen_calibration(std::span<const CalibrationRow> rows, std::uint64_t seed) {
  CalibrationKind best = CalibrationKind::kNone;
  std::vector<double> best_given = out_of_fold(best, rows, seed);
  for (const CalibrationKind kind : kKinds) {
    if (kind == CalibrationKind::kNone || slope_of(Calibration::fitted(kind, rows), rows) > kSlopeMax) continue;
    const std::vector<double> given = out_of_fold(kind, rows, seed);
    PairedGain gain;
    for (std::size_t i = 0; i < rows.size(); ++i) add(rows[i], best_given[i], given[i], gain);
    if (!gain.is_clear(is_flexible(kind) ? 2 : 0)) continue;
    best = kind;
    best_given = given;
  }
  return Calibration::fitted(best, rows);
}

double recent_shift(const Calibration& calibration, std::span<const CalibrationRow> rows) {
  CalibrationRows in_time(rows.begin(), rows.end());
  std::stable_sort(in_time.begin(), in_time.end(),
                   [](const CalibrationRow& a, const CalibrationRow& b) { return a.at < b.at; });
  for (const std::size_t blocks : {4U, 8U}) {
    const std::size_t block = in_time.size() / blocks;
    if (block < kRecentRowsMin || !helps(calibration, in_time, block)) continue;
    return shift_of(calibration, std::span(in_time).last(block));
  }
  return 0;
}

std::vector<core::MarginStep> staircase_of(const Calibration& calibration, double margin_min, double margin_max) {
  constexpr double kBeyond = 0.1;  // of the range, at either end
  const double range = std::max(margin_max - margin_min, 1e-3);
  const double from = margin_min - kBeyond * range;
  const double width = (1 + 2 * kBeyond) * range / static_cast<double>(kMarginStepsMax);
  std::vector<core::MarginStep> steps;
  for (std::size_t i = 0; i < kMarginStepsMax; ++i) {
    const double margin = from + static_cast<double>(i) * width;
    const double probability = calibration.at(margin + width / 2);
    const core::MarginStep step{static_cast<float>(margin),
                                static_cast<std::uint32_t>(std::llround(probability * core::kProbabilityOne))};
    if (steps.empty() || (step.probability > steps.back().probability && step.margin > steps.back().margin))
      steps.push_back(step);
  }
  return steps;
}

}  // namespace handrail::training
