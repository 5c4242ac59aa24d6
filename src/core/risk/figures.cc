// SPDX-License-Identifier: Apache-2.0
#include "core/risk/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace handrail::core {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Counted {
  double exits = 0, others = 0;
};

// Calls `see` with what each group of equal probabilities holds, the highest first.
template <class See>
Counted for_each_tie(const Judged& judged, std::span<const std::uint32_t> ranking, std::span<const double> counts,
                     const See& see) {
  Counted before;
  for (std::size_t at = 0; at < ranking.size();) {
    Counted tie;
    const double probability = judged.probabilities[ranking[at]];
    for (; at < ranking.size() && judged.probabilities[ranking[at]] == probability; ++at) {
      const std::uint32_t row = ranking[at];
      (judged.labels[row] > 0 ? tie.exits : tie.others) += counts[row];
    }
    see(before, tie);
    before.exits += tie.exits;
    before.others += tie.others;
  }
  return before;
}

// The average of `of(row)`.
template <class Of>
double mean(const Judged& judged, std::span<const double> counts, const Of& of) {
  double sum = 0, rows = 0;
  for (std::size_t i = 0; i < judged.labels.size(); ++i) {
    if (counts[i] == 0) continue;
    sum += counts[i] * of(i);
    rows += counts[i];
  }
  return rows > 0 ? sum / rows : kNone;
}

}  // namespace

std::vector<std::uint32_t> ranking_of(std::span<const double> probabilities) {
  std::vector<std::uint32_t> ranking(probabilities.size());
  std::iota(ranking.begin(), ranking.end(), 0U);
  std::stable_sort(ranking.begin(), ranking.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return probabilities[a] > probabilities[b]; });
  return ranking;
}

double auc(const Judged& judged, std::span<const std::uint32_t> ranking, std::span<const double> counts) {
  double won = 0;  // pairs, an exit before another
  const Counted all = for_each_tie(judged, ranking, counts, [&](const Counted& before, const Counted& tie) {
    won += tie.others * (before.exits + tie.exits / 2);
  });
  return all.exits > 0 && all.others > 0 ? won / (all.exits * all.others) : kNone;
}

double auc(const Judged& judged) {
  return auc(judged, ranking_of(judged.probabilities), std::vector<double>(judged.labels.size(), 1));
}

double average_precision(const Judged& judged, std::span<const std::uint32_t> ranking, std::span<const double> counts) {
  double sum = 0;
  const Counted all = for_each_tie(judged, ranking, counts, [&](const Counted& before, const Counted& tie) {
    if (tie.exits == 0) return;
    const double exits = before.exits + tie.exits;
    sum += tie.exits * exits / (exits + before.others + tie.others);
  });
  return all.exits > 0 ? sum / all.exits : kNone;
}

double log_loss(const Judged& judged, std::span<const double> counts) {
  return mean(judged, counts, [&](std::size_t i) {
    const double p = std::clamp(judged.probabilities[i], kProbabilityFloor, 1 - kProbabilityFloor);
    return -std::log(judged.labels[i] > 0 ? p : 1 - p);
  });
}

double brier(const Judged& judged, std::span<const double> counts) {
  return mean(judged, counts, [&](std::size_t i) {
    const double off = judged.probabilities[i] - judged.labels[i];
    return off * off;
  });
}

double brier_skill(const Judged& judged, std::span<const double> counts) {
  const double base = mean(judged, counts, [&](std::size_t i) { return judged.labels[i]; });
  const double constant = base * (1 - base);
  return constant > 0 ? 1 - brier(judged, counts) / constant : kNone;
}

std::vector<ReliabilityBin> reliability_of(const Judged& judged, std::span<const double> counts) {
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  std::vector<double> rows(kReliabilityBins, 0);
  for (std::size_t i = 0; i < judged.labels.size(); ++i) {
    const double scaled = judged.probabilities[i] * static_cast<double>(kReliabilityBins);
    const std::size_t bin = std::min(static_cast<std::size_t>(scaled), kReliabilityBins - 1);
    rows[bin] += counts[i];
    bins[bin].predicted += counts[i] * judged.probabilities[i];
    bins[bin].observed += counts[i] * judged.labels[i];
  }
  for (std::size_t bin = 0; bin < kReliabilityBins; ++bin) {
    bins[bin].rows = static_cast<std::uint64_t>(rows[bin]);
    if (rows[bin] == 0) continue;
    bins[bin].predicted /= rows[bin];
    bins[bin].observed /= rows[bin];
  }
  return bins;
}

double ece(const Judged& judged, std::span<const double> counts) {
  double sum = 0, rows = 0;
  for (const ReliabilityBin& bin : reliability_of(judged, counts)) {
    sum += static_cast<double>(bin.rows) * std::abs(bin.predicted - bin.observed);
    rows += static_cast<double>(bin.rows);
  }
  return rows > 0 ? sum / rows : kNone;
}

}  // namespace handrail::core
