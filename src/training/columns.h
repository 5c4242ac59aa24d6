// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/risk/exit_model.h"
#include "training/encoding.h"
#include "training/metrics.h"
#include "training/training_set.h"

// Which columns a model is trained on, and its rows as the trainer takes them.
namespace handrail::training {

struct DroppedColumn {
  std::string name;
  std::string same_as;  // the earlier column that holds the same; empty: it is constant
};

// Columns that tell something, by the rows that train: number columns, then category columns, by their place in the
// set.
struct Columns {
  std::vector<std::size_t> numbers, categories;
  std::vector<DroppedColumn> dropped;

  std::size_t size() const { return numbers.size() + categories.size(); }
  std::vector<std::string> names(const TrainingSet& set) const;
};
// kInvalidArgument: none is left, a name is empty or stands twice.
Result<Columns> telling_columns(const TrainingSet& set, const RowNumbers& rows);

// Refuses a column whose value, or whose being missing, alone tells the labels apart: it is written with the outcome,
// or after it. kInvalidArgument names it and its AUC.
inline constexpr double kLeakAuc = 0.99;
Result<void> check_leaks(const TrainingSet& set, const RowNumbers& rows, const Columns& columns);

// Rows as the trainer takes them: the number columns, then the encoded categories.
std::vector<float> features_of(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                               const std::vector<core::CategoryEncoding>& encodings);
// The same of the very rows that the encodings are of: out of fold.
std::vector<float> features_out_of_fold(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                                        const EncodingOptions& options);
std::vector<core::CategoryEncoding> encodings_of(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                                                 const EncodingOptions& options);

}  // namespace handrail::training
