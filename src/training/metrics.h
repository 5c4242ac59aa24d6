// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/risk/figures.h"
#include "training/training_set.h"

// How good probabilities of exit were. Every row counts once, whatever weight it trained with. Pure: any thread.
namespace handrail::training {

using core::auc;
using core::average_precision;
using core::brier;
using core::brier_skill;
using core::ece;
using core::Judged;
using core::log_loss;
using core::ranking_of;
using core::reliability_of;
using core::ReliabilityBin;

using RowNumbers = std::vector<std::size_t>;  // of a TrainingSet, ascending

// A figure and its 95 % interval by bootstrap, resampled by visitor: rows of one visitor are no independent proof. Not
// a number where the figure is not defined: an AUC of one class.
struct Figure {
  double value = 0;
  double low = 0, high = 0;
};

// Rows that had seen `from` to `to` events of their journey (to = 0: no end).
struct PrefixGroup {
  std::uint32_t from = 1, to = 0;
  std::uint64_t rows = 0, journeys = 0;
  double base_rate = 0, auc = 0, accuracy = 0, log_loss = 0, ece = 0;
};

// What is judged where only rows as sure as this count: max(p, 1 - p) at least `confidence`.
struct CoveragePoint {
  double confidence = 0;
  double coverage = 0;  // share of rows
  double accuracy = 0;  // of these; not a number: none
};

struct Report {
  std::uint64_t rows = 0, journeys = 0, visitors = 0;
  std::uint64_t journeys_exit = 0;       // whose last row's label says so
  UnixMillis first_at = 0, last_at = 0;  // of the rows
  double base_rate = 0;                  // share of exits among the rows
  double mean_probability = 0;

  Figure auc, average_precision, log_loss, brier, brier_skill, ece;
  double prefix_weighted_auc = 0;  // at each exact prefix, averaged by its rows
  double accuracy = 0, balanced_accuracy = 0;
  double majority_accuracy = 0;  // of who always says the more frequent label

  double alert_rate = 0;         // that was asked for, of rows
  double alert_probability = 0;  // rows from here on are alerted
  double alert_share = 0;        // of rows; more than the rate where many share the probability
  Figure alert_precision;
  double alert_recall = 0;
  double alert_journeys_recall = 0;  // of journeys that exit, those with an alert
  double alert_lead_events = 0;      // median, of these: events left at the first alert

  std::vector<ReliabilityBin> reliability;  // of equal width
  std::vector<PrefixGroup> prefixes;        // only those that have rows
  std::vector<CoveragePoint> coverage;
};

struct JudgeOptions {
  double alert_rate = 0.1;  // above 0, at most 1
  int bootstrap = 200;      // 0: intervals are the value alone
  std::uint64_t seed = 1;
};

// `probabilities` of exit, one for each of `rows`. kInvalidArgument: no rows, or not as many as probabilities.
Result<Report> judge(const TrainingSet& set, std::span<const std::size_t> rows, std::span<const double> probabilities,
                     const JudgeOptions& options);

}  // namespace handrail::training
