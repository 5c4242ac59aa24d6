// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

// Single figures of how good probabilities are. Pure: any thread. Not a number where one is not defined.
namespace handrail::core {

// Rows whose probability fell into the bin: what was predicted, and what came, on average.
struct ReliabilityBin {
  std::uint64_t rows = 0;
  double predicted = 0, observed = 0;
};

inline constexpr std::size_t kReliabilityBins = 15;
inline constexpr double kProbabilityFloor = 1e-7;  // log loss takes nothing nearer to 0 or 1

// Probabilities of exit and what became of the rows. Labels are 0 or 1; `counts`, where a figure takes them, is how
// often each row counts.
struct Judged {
  std::vector<double> probabilities;
  std::vector<double> labels;
};
// Rows from the highest probability down, ties in the order they came.
std::vector<std::uint32_t> ranking_of(std::span<const double> probabilities);
// The chance that an exit has the higher probability (ties: a half). Not a number where a class is missing.
double auc(const Judged& judged, std::span<const std::uint32_t> ranking, std::span<const double> counts);
double auc(const Judged& judged);
// Sum over thresholds of precision times the recall won (as sklearn's average_precision_score).
double average_precision(const Judged& judged, std::span<const std::uint32_t> ranking, std::span<const double> counts);
double log_loss(const Judged& judged, std::span<const double> counts);
double brier(const Judged& judged, std::span<const double> counts);
// 1 - Brier / Brier of the constant that is the rows' own base rate.
double brier_skill(const Judged& judged, std::span<const double> counts);
// Expected calibration error: |predicted - observed| over bins of equal width, averaged by rows.
double ece(const Judged& judged, std::span<const double> counts);
std::vector<ReliabilityBin> reliability_of(const Judged& judged, std::span<const double> counts);

}  // namespace handrail::core
