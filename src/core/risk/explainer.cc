// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "core/risk/forest.h"

namespace handrail::core {

// TreeSHAP over one row. A path is the set of features met on the way down; of each it keeps which share of the way
// goes on when the feature is unknown (by the covers), and whether it goes on when the feature is known.
class Explainer {
 public:
  Explainer(const Forest& forest, std::span<const float> row, std::vector<double>& out)
      : forest_(forest), row_(row), out_(out) {}

  void explain(std::uint32_t root) {
    path_.assign(static_cast<std::size_t>(Forest::kDepthMax + 2) * (Forest::kDepthMax + 3) / 2, {});
    out_.back() += expected(root);
    descend(root, path_.data(), 0, 1, 1, kNobody);
  }

 private:
  static constexpr std::uint32_t kNobody = TreeNode::kNone;
  struct Step {
    std::uint32_t feature = kNobody;
    double unknown = 0;  // share that goes on without the feature
    double known = 0;    // 1: goes on with it, else 0
    double weight = 0;   // of subsets of this size
  };

  // What the tree gives where nothing is known.
  double expected(std::uint32_t at) const {
    const Forest::Node& node = forest_.nodes_[at];
    if (!node.is_split) return node.value;
    const double cover = forest_.covers_[at];
    if (cover <= 0) return 0;
    return (forest_.covers_[node.left] * expected(node.left) +
            forest_.covers_[node.left + 1] * expected(node.left + 1)) /
           cover;
  }

  static void extend(Step* path, std::size_t depth, double unknown, double known, std::uint32_t feature) {
    path[depth] = {feature, unknown, known, depth == 0 ? 1.0 : 0.0};
    const auto n = static_cast<double>(depth + 1);
    for (std::size_t i = depth; i-- > 0;) {
      path[i + 1].weight += known * path[i].weight * static_cast<double>(i + 1) / n;
      path[i].weight = unknown * path[i].weight * static_cast<double>(depth - i) / n;
    }
  }

  static void unwind(Step* path, std::size_t depth, std::size_t index) {
    const double known = path[index].known, unknown = path[index].unknown;
    const auto n = static_cast<double>(depth + 1);
    double next = path[depth].weight;
    for (std::size_t i = depth; i-- > 0;) {
      if (known != 0) {
        const double weight = path[i].weight;
        path[i].weight = next * n / (static_cast<double>(i + 1) * known);
        next = weight - path[i].weight * unknown * static_cast<double>(depth - i) / n;
      } else {
        path[i].weight = path[i].weight * n / (unknown * static_cast<double>(depth - i));
      }
    }
    for (std::size_t i = index; i < depth; ++i) {
      path[i].feature = path[i + 1].feature;
      path[i].unknown = path[i + 1].unknown;
      path[i].known = path[i + 1].known;
    }
  }

  // The sum of weights that unwind() would leave.
  static double weight_without(const Step* path, std::size_t depth, std::size_t index) {
    const double known = path[index].known, unknown = path[index].unknown;
    const auto n = static_cast<double>(depth + 1);
    double next = path[depth].weight, total = 0;
    for (std::size_t i = depth; i-- > 0;) {
      if (known != 0) {
        const double weight = next * n / (static_cast<double>(i + 1) * known);
        total += weight;
        next = path[i].weight - weight * unknown * static_cast<double>(depth - i) / n;
      } else if (unknown != 0) {
        total += path[i].weight / unknown * n / static_cast<double>(depth - i);
      }
    }
    return total;
  }

  void descend(std::uint32_t at, Step* parent, std::size_t depth, double unknown, double known, std::uint32_t feature) {
    Step* path = parent + depth;  // a copy of its own, behind the parent's
    if (depth > 0) std::copy_n(parent, depth, path);
    extend(path, depth, unknown, known, feature);
    const Forest::Node& node = forest_.nodes_[at];
    if (!node.is_split) {
      for (std::size_t i = 1; i <= depth; ++i)
        out_[path[i].feature] +=
            weight_without(path, depth, i) * (path[i].known - path[i].unknown) * static_cast<double>(node.value);
      return;
    }
    const std::uint32_t hot = forest_.next(at, row_.data());
    const std::uint32_t cold = node.left + (hot == node.left ? 1 : 0);
    const double cover = forest_.covers_[at];
    double own_unknown = 1, own_known = 1;
    std::size_t length = depth;
    for (std::size_t i = 1; i <= depth; ++i) {  // met before: then that share is in it already
      if (path[i].feature != node.feature) continue;
      own_unknown = path[i].unknown;
      own_known = path[i].known;
      unwind(path, depth, i);
      --length;
      break;
    }
    const auto share = [&](std::uint32_t child) { return cover > 0 ? forest_.covers_[child] / cover : 0.0; };
    descend(hot, path, length + 1, share(hot) * own_unknown, own_known, node.feature);
    descend(cold, path, length + 1, share(cold) * own_unknown, 0, node.feature);
  }

  const Forest& forest_;
  const std::span<const float> row_;
  std::vector<double>& out_;
  std::vector<Step> path_;
};

std::vector<double> Forest::contributions(std::span<const float> row) const {
  std::vector<double> out(features_ + 1);
  Explainer explainer(*this, row, out);
  for (const std::uint32_t root : roots_) explainer.explain(root);
  out.back() += base_margin_;
  return out;
}

}  // namespace handrail::core
