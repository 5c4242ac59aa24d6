// SPDX-License-Identifier: Apache-2.0
#include "core/risk/forest.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace handrail::core {
namespace {

constexpr std::size_t kAbreast = 8;

Error fault(std::size_t tree, std::size_t node, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "tree " + std::to_string(tree) + ", node " + std::to_string(node) + ": " + what};
}

}  // namespace

Result<Forest> Forest::of(std::span<const Tree> trees, float base_margin, std::size_t features) {
  if (trees.size() > kTreesMax)
    return fail(ErrorCode::kInvalidArgument, "a model has " + std::to_string(kTreesMax) + " trees at most", "trees",
                kTreesMax);
  if (features == 0 || features > kFeaturesMax)
    return fail(ErrorCode::kInvalidArgument, "a model has 1 to " + std::to_string(kFeaturesMax) + " features",
                "features", kFeaturesMax);
  if (!std::isfinite(base_margin))
    return fail(ErrorCode::kInvalidArgument, "the base score's margin is no number", "base_score");
  Forest forest;
  forest.base_margin_ = base_margin;
  forest.features_ = features;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    if (auto added = forest.add(trees[i], i); !added) return pass_on(added);
  }
  return forest;
}

// Level by level, so that siblings are neighbours and the upper nodes share cache lines.
Result<void> Forest::add(const Tree& tree, std::size_t number) {
  if (tree.empty()) return tl::unexpected(fault(number, 0, "a tree has a root at least"));
  if (nodes_.size() + tree.size() > kNodesMax)
    return fail(ErrorCode::kInvalidArgument, "a model has " + std::to_string(kNodesMax) + " nodes at most", "trees",
                kNodesMax);
  struct Placed {
    std::uint32_t from;  // in the tree
    std::uint32_t at;    // in nodes_
    int depth;
  };
  std::vector<bool> is_placed(tree.size());
  std::vector<Placed> queue{{0, static_cast<std::uint32_t>(nodes_.size()), 0}};
  is_placed[0] = true;
  roots_.push_back(queue.front().at);
  nodes_.emplace_back();
  covers_.emplace_back();
  int depth = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Placed placed = queue[i];
    const TreeNode& node = tree[placed.from];
    depth = std::max(depth, placed.depth);
    if (std::isnan(node.value)) return tl::unexpected(fault(number, placed.from, "its value is no number"));
    covers_[placed.at] = node.cover;
    if (node.is_leaf()) {
      nodes_[placed.at] = {node.value, placed.at, 0, 0, 0};
      continue;
    }
    if (node.feature >= features_)
      return tl::unexpected(
          fault(number, placed.from,
                "feature " + std::to_string(node.feature) + " of " + std::to_string(features_) + " is none"));
    if (placed.depth == kDepthMax)
      return tl::unexpected(fault(number, placed.from, "deeper than " + std::to_string(kDepthMax)));
    const auto left = static_cast<std::uint32_t>(nodes_.size());
    for (const std::uint32_t child : {node.left, node.right}) {
      if (child >= tree.size() || is_placed[child])
        return tl::unexpected(
            fault(number, placed.from, "child " + std::to_string(child) + " is not there, or another's"));
      is_placed[child] = true;
      queue.push_back({child, static_cast<std::uint32_t>(nodes_.size()), placed.depth + 1});
      nodes_.emplace_back();
      covers_.emplace_back();
    }
    nodes_[placed.at] = {node.value, left, node.feature, 1, node.missing_left ? 0U : 1U};
  }
  depths_.push_back(static_cast<std::uint8_t>(depth));
  return {};
}

// Without a branch: whether a value is missing is as good as random.
std::uint32_t Forest::next(std::uint32_t at, const float* row) const {
  const Node& node = nodes_[at];
  const float x = row[node.feature];
  const auto is_less = static_cast<std::uint32_t>(x < node.value);
  const auto is_there = static_cast<std::uint32_t>(x == x);
  return node.left + ((is_less ^ 1U) & (is_there | node.missing_right) & node.is_split);
}

template <std::size_t kCount>
float Forest::add_leaves(float sum, std::size_t first, const float* row) const {
  std::array<std::uint32_t, kCount> at;
  std::uint8_t depth = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    at[i] = roots_[first + i];
    depth = std::max(depth, depths_[first + i]);
  }
  for (std::uint8_t level = 0; level < depth; ++level) {
    for (std::size_t i = 0; i < kCount; ++i) at[i] = next(at[i], row);
  }
  for (std::size_t i = 0; i < kCount; ++i) sum += nodes_[at[i]].value;
  return sum;
}

float Forest::margin(std::span<const float> row) const {
  float sum = base_margin_;
  std::size_t first = 0;
  for (; first + kAbreast <= roots_.size(); first += kAbreast) sum = add_leaves<kAbreast>(sum, first, row.data());
  for (; first < roots_.size(); ++first) sum = add_leaves<1>(sum, first, row.data());
  return sum;
}

float probability_of_margin(float margin) {
  constexpr float kEpsilon = 1e-16F;
  const float denominator = std::exp(-margin) + 1.0F + kEpsilon;
  return 1.0F / denominator;
}

float margin_of_probability(float probability) { return -std::log(1.0F / probability - 1.0F); }

}  // namespace handrail::core
