// SPDX-License-Identifier: Apache-2.0
#include "training/encoding.h"

#include <algorithm>
#include <unordered_map>

#include "training/random.h"

namespace handrail::training {
namespace {

struct Value {
  double weight = 0, exits = 0;
  std::uint64_t visitors = 0, last_visitor = 0;
};
using Values = std::unordered_map<std::uint64_t, Value>;

// Rows of one visitor may lie apart, where it had several journeys: counted again then, which only spares a rare value.
void note(const TrainingSet::Row& row, Value& value) {
  value.weight += row.weight;
  value.exits += row.is_exit ? row.weight : 0;
  if (value.visitors > 0 && value.last_visitor == row.visitor) return;
  ++value.visitors;
  value.last_visitor = row.visitor;
}

}  // namespace

core::CategoryEncoding encoding_of(const TrainingSet& set, std::span<const std::size_t> rows, std::size_t column,
                                   const EncodingOptions& options) {
  Values values;
  Value all;
  for (const std::size_t row : rows) {
    const std::uint64_t category = set.categories_of(row)[column];
    note(set.rows[row], all);
    if (category != TrainingSet::kMissingCategory) note(set.rows[row], values[category]);
  }
  const double base = all.weight > 0 ? all.exits / all.weight : 0;
  core::CategoryEncoding encoding{set.category_names[column], static_cast<float>(base), {}};
  for (const auto& [category, value] : values) {
    if (value.visitors < options.visitors_min) continue;
    const double share = (value.exits + options.smoothing * base) / (value.weight + options.smoothing);
    encoding.values.emplace_back(category, static_cast<float>(share));
  }
  std::sort(encoding.values.begin(), encoding.values.end());
  return encoding;
}

std::vector<float> out_of_fold(const TrainingSet& set, std::span<const std::size_t> rows, std::size_t column,
                               const EncodingOptions& options) {
  std::vector<float> encoded(rows.size());
  for (std::uint64_t fold = 0; fold < options.folds; ++fold) {
    const auto is_in_fold = [&](std::size_t row) {
      return fold_of(set.rows[row].visitor, options.folds, options.seed) == fold;
    };
    RowNumbers others;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(others),
                 [&](std::size_t row) { return !is_in_fold(row); });
    const core::CategoryEncoding encoding = encoding_of(set, others, column, options);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (is_in_fold(rows[i])) encoded[i] = encoding.of(set.categories_of(rows[i])[column]);
    }
  }
  return encoded;
}

}  // namespace handrail::training
