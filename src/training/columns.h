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
  enum class Why : std::uint8_t {
    kConstant,
    kSame,       // as another column
    kElsewhere,  // its values in the later rows have nearly nothing in common with those before
  };
  std::string name;
  Why why = Why::kConstant;
  std::string same_as;  // kSame: the earlier column that holds the same
};

// Columns that tell something, by the rows that train: number columns, then category columns, by their place in the
// set.
struct Columns {
  std::vector<std::size_t> numbers, categories;
  std::vector<DroppedColumn> dropped;

  std::size_t size() const { return numbers.size() + categories.size(); }
  std::vector<std::string> names(const TrainingSet& set) const;
};
// What a column of the `earlier` rows says must come again in the `later` ones, as a month or a number that only grows
// does not: trees would learn something of a time that is over, and that no score can be given by again.
// kInvalidArgument: none is left, a name is empty or stands twice.
inline constexpr double kOverlapLeast = 0.1;  // of the histograms; less is nearly nothing
Result<Columns> telling_columns(const TrainingSet& set, const RowNumbers& earlier, const RowNumbers& later);

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
