// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "core/risk/exit_model.h"
#include "training/metrics.h"
#include "training/training_set.h"

// Categories as numbers: the smoothed share of exits among a value's rows (target encoding; Micci-Barreca, "A
// Preprocessing Scheme for High-Cardinality Categorical Attributes", 2001).
namespace handrail::training {

struct EncodingOptions {
  double smoothing = 20;           // rows of the base rate that a value's own rows are mixed with
  std::uint64_t visitors_min = 5;  // a value that fewer visitors have is unseen
  std::uint64_t folds = 5;         // for the rows that train
  std::uint64_t seed = 1;
};

// What rows that were not among `rows` are to be given.
core::CategoryEncoding encoding_of(const TrainingSet& set, std::span<const std::size_t> rows, std::size_t column,
                                   const EncodingOptions& options);

// What each of `rows` itself is given while it trains: by an encoding of the other folds' rows, so that neither its own
// label nor another of its visitor's is in it.
std::vector<float> out_of_fold(const TrainingSet& set, std::span<const std::size_t> rows, std::size_t column,
                               const EncodingOptions& options);

}  // namespace handrail::training
