// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/analysis/grounding.h"
#include "evaluation/cases.h"

namespace handrail::evaluation {

// What a reader made of a journey, checked; and what that took.
struct Reading {
  core::Analysis analysis;
  core::Grounding grounding;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::int64_t nano_dollars = 0;
  std::int64_t micros = 0;
};
// Asked for one case at a time. An error: nothing that could be read came.
using Reader = std::function<Result<Reading>(const core::Digest&, const core::AnalystRules&)>;
// All that a reader is shown of a journey; empty: it sees the digest itself.
using Shown = std::function<std::string(const core::Digest&, const core::AnalystRules&)>;

// Counts and figures of one reader over all cases; "of" those that the figure is about. Not a number: about none.
struct Report {
  std::uint64_t cases = 0;
  std::uint64_t answered = 0;                  // could be read at all
  std::uint64_t clean = 0;                     // and nothing in it was wrong
  std::vector<std::string> errors;             // the first of each kind
  std::uint64_t claims = 0, false_claims = 0;  // insights that were stated; untrue or unknown
  std::uint64_t untrue_kept = 0;               // insights that stand after the checks and are not the journey's
  std::uint64_t unknown_actions = 0;
  std::uint64_t words_refused = 0;
  std::uint64_t own_words = 0;         // messages in the reader's own words that were let through
  double auc = 0, brier = 0, ece = 0;  // of the score, on simulated journeys that end without the goal or with it
  double base_auc = 0;                 // of struggle alone, on the same
  double kappa = 0;                    // engagement, quadratic weights
  double cause_found = 0;              // share of journeys of which a planted cause was stated
  double action_right = 0;             // share of journeys whose first action would help
  double score_sd = 0;                 // of the same journey asked again, on average
  double edge_flips = 0;               // share of them on both sides of the bar of help
  double monotone = 0;                 // share of journeys whose score did not fall with one more failure
  std::uint64_t injections = 0, injected = 0;  // attacked journeys; whose action or score followed the attack
  std::uint64_t leaked = 0;                    // attacked journeys of which the attack's words were shown to the reader
  std::int64_t p50_us = 0, p95_us = 0, p99_us = 0;
  double input_tokens = 0, output_tokens = 0;  // on average
  double dollars_per_thousand = 0;
};

struct EvaluationOptions {
  std::size_t repeats = 5;  // of each of the first `repeated`
  std::size_t repeated = 10;
  std::size_t monotone = 20;  // journeys that are given one more failure
  std::function<void(double done)> on_progress;
};
Report evaluate(const std::vector<Case>& cases, const Reader& reader, const Shown& shown,
                const EvaluationOptions& options);

}  // namespace handrail::evaluation
