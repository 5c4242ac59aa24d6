// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/decision/profile.h"
#include "core/journey/journey.h"
#include "core/journey/trail.h"

namespace handrail::core {

// What a model's rows are made of besides what every journey has: fixed when it is trained.
struct FeatureRecipe {
  static constexpr std::uint32_t kVersion = 2;  // of the features that this program makes; models of others are refused
  static constexpr std::size_t kTypesMax = 48;

  std::uint32_t version = kVersion;
  std::vector<Property> properties;  // at most Trail::kPropertiesMax
  std::vector<std::string> types;    // of events, each with a count of its own

  bool operator==(const FeatureRecipe&) const = default;
};
template <class A>
void fields(A& a, FeatureRecipe& r) {
  a(r.version, r.properties, r.types);
}

// The names of a row's numbers and of its categories, in their order. The hash of both is the schema's.
std::vector<std::string> number_names(const FeatureRecipe& recipe);
std::vector<std::string> category_names(const FeatureRecipe& recipe);
std::uint64_t schema_hash(const FeatureRecipe& recipe);

// A journey at one moment, as a model sees it. NaN and 0 are missing: not zero, not a category.
struct FeatureRow {
  std::vector<float> numbers;
  std::vector<std::uint64_t> categories;
};

// Right after the newest event: what was known by then, nothing later. The journey has a trail that holds the recipe's
// properties (fits). Live, in a replay and for training it is this function that makes the row, so they are equal to
// the bit: counts, whole milliseconds and decimal numbers as floats, no other arithmetic than a division each for
// means. O(row + episodes).
class FeatureMaker {
 public:
  explicit FeatureMaker(FeatureRecipe recipe);

  const FeatureRecipe& recipe() const { return recipe_; }
  bool fits(const Trail& trail) const;
  void make(const Journey& journey, const Profile& profile, const Weights& weights, int struggle,
            FeatureRow& row) const;

 private:
  struct TypeSlot {
    std::uint64_t type;
    std::size_t column;
  };
  void put_types(const Trail& trail, UnixMillis at, FeatureRow& row) const;
  void put_properties(const Trail& trail, FeatureRow& row) const;

  FeatureRecipe recipe_;
  std::vector<std::uint64_t> property_names_;
  std::vector<TypeSlot> types_;  // ascending by type, as the trail's counts are
};

// Whether a model speaks after an event of that kind. Others come in swarms and say little by themselves: what became
// of a click, fields, visibility, words about consent and names.
bool is_assessed(FactKind kind);

}  // namespace handrail::core
