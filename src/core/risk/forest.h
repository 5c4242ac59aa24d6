// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace handrail::core {

// One node as a trainer made it. A leaf has no children, and its value is what it adds.
struct TreeNode {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t left = kNone, right = kNone;  // within the tree
  std::uint32_t feature = 0;
  float value = 0;            // of a split: less goes left
  bool missing_left = false;  // where a row's value is NaN
  float cover = 0;            // how much of the training's rows came by (their hessians' sum); for contributions

  bool is_leaf() const { return left == kNone; }
};
using Tree = std::vector<TreeNode>;  // the first is the root

// Boosted trees, flattened for walking: the same margin to the bit as libxgboost 1.7's, which adds its leaves in the
// order of its trees, in floats, to the base margin. Immutable; any number of threads may ask it.
class Forest {
 public:
  static constexpr std::size_t kTreesMax = 10'000;
  static constexpr std::size_t kNodesMax = 4'000'000;
  static constexpr std::size_t kFeaturesMax = 4'096;
  static constexpr int kDepthMax = 64;

  // kInvalidArgument names the tree and node that is none: a child that is not there, or comes twice; a feature beyond
  // `features`; a value that is no number; a limit.
  static Result<Forest> of(std::span<const Tree> trees, float base_margin, std::size_t features);

  // `row` has a value for each feature; NaN: missing. Microseconds: about 8 ns a tree of depth 6.
  float margin(std::span<const float> row) const;
  // What each feature adds to the margin for this row, and last what the margin is expected to be of any: together the
  // margin, up to rounding. TreeSHAP with the covers of training as the background (Lundberg et al., "Consistent
  // Individualized Feature Attribution for Tree Ensembles", 2018, algorithm 2; as xgboost's pred_contribs). O(trees ×
  // leaves × depth²): for alerts and people, not for every event.
  std::vector<double> contributions(std::span<const float> row) const;

  std::size_t features() const { return features_; }
  std::size_t trees() const { return roots_.size(); }
  std::size_t bytes() const { return nodes_.size() * (sizeof(Node) + sizeof(float)); }

 private:
  friend class Explainer;

  // Children lie side by side. A leaf's left child is itself, so that a walk may take a step too many.
  struct Node {
    float value = 0;
    std::uint32_t left = 0;
    std::uint32_t feature : 30 = 0;
    std::uint32_t is_split : 1 = 0;
    std::uint32_t missing_right : 1 = 0;
  };
  static_assert(sizeof(Node) == 12);

  Result<void> add(const Tree& tree, std::size_t number);
  std::uint32_t next(std::uint32_t at, const float* row) const;
  // That of so many trees, walked side by side: their loads wait for each other no longer.
  template <std::size_t kCount>
  float add_leaves(float sum, std::size_t first, const float* row) const;

  std::vector<Node> nodes_;
  std::vector<float> covers_;  // beside nodes_: a walk does not need them
  std::vector<std::uint32_t> roots_;
  std::vector<std::uint8_t> depths_;  // of each tree
  float base_margin_ = 0;
  std::size_t features_ = 0;
};

// The probability that libxgboost's binary:logistic gives to a margin, to the bit.
float probability_of_margin(float margin);
// And the margin of a base score.
float margin_of_probability(float probability);

}  // namespace handrail::core
