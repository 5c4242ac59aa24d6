// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/model_writer.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace handrail::xgboost {
namespace {

using core::Tree;
using core::TreeNode;

constexpr std::uint32_t kNoParent = 2'147'483'647;  // as xgboost marks the root

// The shortest that reads as the same float, always with an exponent: without one xgboost would take it for an integer,
// and -0 for 0.
std::string text_of(float value) {
  char digits[32];
  const auto [end, ec] = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific);
  return std::string(digits, end);
}

// The base score whose margin that is: the inverse lies a few floats beside at most.
std::optional<float> base_score_of(float margin) {
  constexpr int kBeside = 4096;
  const auto first = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(margin))));
  float above = first, below = first;
  for (int i = 0; i < kBeside; ++i) {
    for (const float score : {above, below}) {
      if (score > 0 && score < 1 && core::margin_of_probability(score) == margin) return score;
    }
    above = std::nextafter(above, 1.0F);
    below = std::nextafter(below, 0.0F);
  }
  return std::nullopt;
}

// Its nodes that can be come by, level by level, and each one's parent.
struct Ordered {
  std::vector<TreeNode> nodes;
  std::vector<std::uint32_t> parents;
};
Ordered ordered(const Tree& tree) {
  Ordered out{{tree[0]}, {kNoParent}};
  for (std::uint32_t i = 0; i < out.nodes.size(); ++i) {
    if (out.nodes[i].is_leaf()) continue;
    for (std::uint32_t TreeNode::*child : {&TreeNode::left, &TreeNode::right}) {
      const std::uint32_t from = out.nodes[i].*child;
      out.nodes[i].*child = static_cast<std::uint32_t>(out.nodes.size());
      out.nodes.push_back(tree[from]);
      out.parents.push_back(i);
    }
  }
  return out;
}

class Writer {
 public:
  std::string model(std::span<const Tree> trees, float base_score, std::span<const std::string> names) {
    features_ = std::to_string(names.size());
    out_ = R"({"learner":{"attributes":{},"feature_names":)";
    list(names, [&](const std::string& name) { out_ += boost::json::serialize(boost::json::string(name)); });
    out_ += R"(,"feature_types":)";
    list(names, [&](const std::string&) { out_ += R"("float")"; });
    out_ += R"(,"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":")" +
            std::to_string(trees.size()) + R"(","size_leaf_vector":"0"},"tree_info":)";
    list(trees, [&](const Tree&) { out_ += '0'; });
    out_ += R"(,"trees":)";
    list(trees, [&, id = 0](const Tree& one) mutable { tree(ordered(one), id++); });
    out_ += R"(},"name":"gbtree"},"learner_model_param":{"base_score":")" + text_of(base_score) +
            R"(","boost_from_average":"0","num_class":"0","num_feature":")" + features_ +
            R"(","num_target":"1"},"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}},)"
            R"("version":[1,7,4]})";
    return std::move(out_);
  }

 private:
  template <class Items, class Write>
  void list(const Items& items, Write write) {
    out_ += '[';
    bool is_first = true;
    for (const auto& item : items) {
      if (!std::exchange(is_first, false)) out_ += ',';
      write(item);
    }
    out_ += ']';
  }

  template <class Of>
  void column(const char* name, const Ordered& tree, Of of) {
    out_ += std::string(",\"") + name + "\":";
    list(tree.nodes, [&](const TreeNode& node) { out_ += of(node); });
  }

  void tree(const Ordered& tree, int id) {
    const auto zero = [](const TreeNode&) { return "0"; };
    const auto none = [](const TreeNode&) { return "0E0"; };
    const auto child = [](std::uint32_t at) { return at == TreeNode::kNone ? "-1" : std::to_string(at); };
    out_ += R"({"categories":[],"categories_nodes":[],"categories_segments":[],"categories_sizes":[],"id":)" +
            std::to_string(id) + R"(,"parents":)";
    list(tree.parents, [&](std::uint32_t parent) { out_ += std::to_string(parent); });
    column("base_weights", tree, none);
    column("default_left", tree, [](const TreeNode& node) { return node.missing_left && !node.is_leaf() ? "1" : "0"; });
    column("left_children", tree, [&](const TreeNode& node) { return child(node.left); });
    column("loss_changes", tree, none);
    column("right_children", tree, [&](const TreeNode& node) { return child(node.right); });
    column("split_conditions", tree, [](const TreeNode& node) { return text_of(node.value); });
    column("split_indices", tree,
           [](const TreeNode& node) { return std::to_string(node.is_leaf() ? 0 : node.feature); });
    column("split_type", tree, zero);
    column("sum_hessian", tree, [](const TreeNode& node) { return text_of(node.cover); });
    out_ += R"(,"tree_param":{"num_deleted":"0","num_feature":")" + features_ + R"(","num_nodes":")" +
            std::to_string(tree.nodes.size()) + R"(","size_leaf_vector":"0"}})";
  }

  std::string out_, features_;
};

Result<void> check_values(std::span<const Tree> trees) {
  for (std::size_t i = 0; i < trees.size(); ++i) {
    for (const TreeNode& node : trees[i]) {
      if (!std::isfinite(node.value) || !std::isfinite(node.cover))
        return fail(ErrorCode::kInvalidArgument,
                    "tree " + std::to_string(i) + " has a value without end, which xgboost's JSON cannot hold",
                    "trees");
    }
  }
  return {};
}

}  // namespace

Result<std::string> model_json(std::span<const Tree> trees, float base_margin,
                               std::span<const std::string> feature_names) {
  if (auto forest = core::Forest::of(trees, base_margin, feature_names.size()); !forest) return pass_on(forest);
  if (auto checked = check_values(trees); !checked) return pass_on(checked);
  const auto base_score = base_score_of(base_margin);
  if (!base_score)
    return fail(ErrorCode::kInvalidArgument,
                "the base margin " + text_of(base_margin) + " is that of no base score: train the model again",
                "base_margin");
  return Writer().model(trees, *base_score, feature_names);
}

}  // namespace handrail::xgboost
