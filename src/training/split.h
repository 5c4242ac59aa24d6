// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "training/metrics.h"
#include "training/training_set.h"

namespace handrail::training {

// Who comes later is foretold by who came before: a split by time is what life will do. By visitors is for a table
// whose rows have no order in time; what its figures say of later visitors nobody knows.
enum class SplitBy : std::uint8_t { kTime, kVisitors };

// The rows of each part, ascending. Visitors lie in one part alone, in the order of their first row; what would not yet
// have been known when a later part begins is in none.
struct Split {
  RowNumbers fit, validation, test;
  SplitBy by = SplitBy::kTime;
  UnixMillis validation_from = 0, test_from = 0;  // kTime: first rows of the parts
  std::uint64_t dropped = 0;                      // rows of an earlier part at or after a later one's beginning

  RowNumbers train() const;  // fit and validation, and what the validation made fit drop
  RowNumbers dropped_by_validation;
};

struct SplitOptions {
  double test_share = 0.2;                // of visitors, above 0 and below 1
  double validation_share = 0.2;          // of the others
  std::optional<UnixMillis> test_from{};  // kTime, instead of test_share
  SplitBy by = SplitBy::kTime;
  std::uint64_t seed = 1;  // kVisitors: draws them
};

// kInvalidArgument names the part that has no rows, or the share that is out of range.
Result<Split> split_of(const TrainingSet& set, const SplitOptions& options);

// A part's labels, counted by journey: its last row in the part tells.
struct Labels {
  std::uint64_t exits = 0, others = 0;
};
Labels labels_of(const TrainingSet& set, const RowNumbers& rows);

}  // namespace handrail::training
