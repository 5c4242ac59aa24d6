// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "training/random.h"
#include "training/training_set.h"

namespace handrail::test {

using training::TrainingSet;

// Visitors that come one after the other, a minute apart, each with a journey of one to six rows ten seconds apart.
// "hint" leans towards the outcome, "noise" does not; so does the category "page" ("visitor" is a value that no other
// visitor has).
inline TrainingSet visitors(std::size_t count, std::uint64_t seed = 1) {
  TrainingSet set;
  set.number_names = {"hint", "noise"};
  set.category_names = {"page", "visitor"};
  training::Random random(seed);
  const auto unit = [&] { return static_cast<float>(random.below(1'000'000)) / 1e6F; };
  for (std::size_t visitor = 0; visitor < count; ++visitor) {
    const bool is_exit = unit() < 0.6F;
    const auto rows = static_cast<std::uint32_t>(1 + random.below(6));
    for (std::uint32_t row = 0; row < rows; ++row) {
      set.numbers.push_back(unit() < 0.1F ? NAN : unit() + (is_exit ? 0.4F : 0.0F));
      set.numbers.push_back(unit());
      set.categories.push_back(1 + random.below(4) + (is_exit && unit() < 0.5F ? 4 : 0));
      set.categories.push_back(1'000 + visitor);
      TrainingSet::Row added;
      added.visitor = training::mixed(visitor + 1);
      added.journey = training::mixed(visitor + 1) ^ 1;
      added.at = static_cast<UnixMillis>(visitor) * kMinute + row * 10 * kSecond;
      added.prefix = row + 1;
      added.events_left = rows - row - 1;
      added.is_exit = is_exit;
      set.rows.push_back(added);
    }
  }
  return set;
}

// With a number column more, of what `of(row)` says.
template <class Of>
TrainingSet with_column(TrainingSet set, const char* name, const Of& of) {
  std::vector<float> numbers;
  for (std::size_t row = 0; row < set.size(); ++row) {
    const float* old = set.numbers_of(row);
    numbers.insert(numbers.end(), old, old + set.number_names.size());
    numbers.push_back(of(row));
  }
  set.numbers = std::move(numbers);
  set.number_names.emplace_back(name);
  return set;
}

}  // namespace handrail::test
