// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace handrail::training {

// Rows of features, each as it was known at its moment, and what became of the journey. Rows of one journey stand
// together in their order; journeys stand in the order of their first row's time.
struct TrainingSet {
  static constexpr std::uint64_t kMissingCategory = 0;

  std::vector<std::string> number_names;    // one for each column of `numbers`
  std::vector<std::string> category_names;  // and of `categories`

  std::vector<float> numbers;             // row after row; NaN: missing
  std::vector<std::uint64_t> categories;  // row after row: hashes; kMissingCategory: missing
  struct Row {
    std::uint64_t visitor = 0;  // hash; all rows of a visitor lie on the same side of every split
    std::uint64_t journey = 0;  // hash
    UnixMillis at = 0;
    std::uint32_t prefix = 0;       // events of the journey seen so far, this one too: from 1 on
    std::uint32_t events_left = 0;  // events of the journey between this one and its end; for the lead time
    float weight = 1;               // above 0
    bool is_exit = false;           // the label
  };
  std::vector<Row> rows;

  std::size_t size() const { return rows.size(); }
  const float* numbers_of(std::size_t row) const { return numbers.data() + row * number_names.size(); }
  const std::uint64_t* categories_of(std::size_t row) const { return categories.data() + row * category_names.size(); }
};

}  // namespace handrail::training
