// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/unit/training/sets.h"
#include "training/extraction.h"

namespace handrail::test {

// The visitors of sets.h with the columns that a recipe makes: "hint" and "noise" are the first two numbers, all other
// numbers are 0; "page" is the first category, the others are missing.
inline training::Extracted rows_of_visitors(std::size_t count) {
  training::Extracted out;
  out.recipe.properties = {{"loan.amount", core::PropertyKind::kNumber}, {"plan", core::PropertyKind::kCategory}};
  out.recipe.types = {"page", "a \"click\", or two"};
  const TrainingSet small = visitors(count);
  out.set.number_names = core::number_names(out.recipe);
  out.set.category_names = core::category_names(out.recipe);
  out.set.rows = small.rows;
  out.set.numbers.resize(small.size() * out.set.number_names.size());
  out.set.categories.resize(small.size() * out.set.category_names.size());
  for (std::size_t row = 0; row < small.size(); ++row) {
    for (std::size_t i = 0; i < 2; ++i)
      out.set.numbers[row * out.set.number_names.size() + i] = small.numbers_of(row)[i];
    out.set.categories[row * out.set.category_names.size()] = small.categories_of(row)[0];
  }
  out.counts.from = small.rows.front().at;
  out.counts.to = small.rows.back().at;
  return out;
}

}  // namespace handrail::test
