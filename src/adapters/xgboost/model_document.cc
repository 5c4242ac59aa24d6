// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/model_document.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "adapters/xgboost/ubjson.h"

namespace handrail::xgboost {

namespace json = boost::json;

namespace {

using core::Tree;
using core::TreeNode;

tl::unexpected<Error> refusal(const std::string& what, const std::string& field) {
  return fail(ErrorCode::kInvalidArgument, "model: " + field + " " + what, field);
}

// A member at the end of a path of objects; nothing where there is none.
const json::value* at(const json::value& from, std::initializer_list<std::string_view> path) {
  const json::value* value = &from;
  for (const std::string_view name : path) {
    value = value->is_object() ? value->get_object().if_contains(name) : nullptr;
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string text_at(const json::value& from, std::initializer_list<std::string_view> path) {
  const json::value* value = at(from, path);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

// Numbers of a model's parameters are texts: "5E-1", and since xgboost 3 "[5E-1]".
std::optional<double> parameter_at(const json::value& from, std::initializer_list<std::string_view> path) {
  std::string text = text_at(from, path);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  double number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

// A column of a tree: one value a node.
class Column {
 public:
  static Result<Column> of(const json::value& tree, std::string_view name, std::size_t nodes) {
    const json::value* found = at(tree, {name});
    if (found == nullptr || !found->is_array() || found->get_array().size() != nodes)
      return refusal("has not a value a node", "trees." + std::string(name));
    for (const json::value& value : found->get_array()) {
      if (!value.is_number() && !value.is_bool())
        return refusal("holds what is no number", "trees." + std::string(name));
    }
    return Column(found->get_array());
  }
  std::int64_t integer(std::size_t i) const {
    const json::value& value = values_[i];
    if (value.is_bool()) return value.get_bool() ? 1 : 0;
    return value.is_int64() ? value.get_int64() : static_cast<std::int64_t>(number(i));
  }
  double number(std::size_t i) const { return values_[i].is_bool() ? 0 : values_[i].to_number<double>(); }

 private:
  explicit Column(const json::array& values) : values_(values) {}
  const json::array& values_;
};

Result<Tree> tree_of(const json::value& document) {
  const json::value* lefts = at(document, {"left_children"});
  if (lefts == nullptr || !lefts->is_array()) return refusal("is not there", "trees.left_children");
  const std::size_t nodes = lefts->get_array().size();
  if (const json::value* categories = at(document, {"categories_nodes"});
      categories != nullptr && categories->is_array() && !categories->get_array().empty())
    return refusal("are not understood: encode categories as numbers before training", "trees.categories_nodes");
  const auto left = Column::of(document, "left_children", nodes), right = Column::of(document, "right_children", nodes),
             feature = Column::of(document, "split_indices", nodes),
             value = Column::of(document, "split_conditions", nodes),
             missing = Column::of(document, "default_left", nodes), cover = Column::of(document, "sum_hessian", nodes);
  for (const auto* column : {&left, &right, &feature, &value, &missing, &cover}) {
    if (!*column) return pass_on(*column);
  }
  const auto child = [](std::int64_t index) {
    return index < 0 ? TreeNode::kNone : static_cast<std::uint32_t>(std::min<std::int64_t>(index, TreeNode::kNone - 1));
  };
  Tree tree(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    tree[i].left = child(left->integer(i));
    tree[i].right = child(right->integer(i));
    if (feature->integer(i) < 0) return refusal("holds a negative number", "trees.split_indices");
    tree[i].feature = child(feature->integer(i));
    tree[i].value = static_cast<float>(value->number(i));
    tree[i].missing_left = missing->integer(i) != 0;
    tree[i].cover = static_cast<float>(cover->number(i));
  }
  return tree;
}

Result<void> check_kind(const json::value& learner) {
  const std::string objective = text_at(learner, {"objective", "name"});
  if (objective != "binary:logistic")
    return refusal("is \"" + objective + "\"; an exit-risk model is binary:logistic", "objective.name");
  const std::string booster = text_at(learner, {"gradient_booster", "name"});
  if (booster != "gbtree") return refusal("is \"" + booster + "\"; it must be gbtree", "gradient_booster.name");
  if (parameter_at(learner, {"learner_model_param", "num_class"}).value_or(0) > 1 ||
      parameter_at(learner, {"learner_model_param", "num_target"}).value_or(1) > 1)
    return refusal("says more than one output", "learner_model_param");
  return {};
}

Result<std::vector<std::string>> names_in(const json::value& learner, std::size_t features) {
  std::vector<std::string> names;
  const json::value* found = at(learner, {"feature_names"});
  if (found == nullptr || !found->is_array()) return names;
  for (const json::value& name : found->get_array()) {
    if (!name.is_string()) return refusal("holds what is no text", "feature_names");
    names.emplace_back(name.get_string());
  }
  if (!names.empty() && names.size() != features)
    return refusal("are not as many as num_feature says", "feature_names");
  return names;
}

std::string version_in(const json::value& document) {
  std::string version;
  const json::value* found = at(document, {"version"});
  if (found == nullptr || !found->is_array()) return version;
  for (const json::value& part : found->get_array()) {
    if (!part.is_int64()) return {};
    version += (version.empty() ? "" : ".") + std::to_string(part.get_int64());
  }
  return version;
}

Result<Model> model_of(const json::value& document) {
  const json::value* learner = at(document, {"learner"});
  if (learner == nullptr) return refusal("is not there: no model of xgboost's", "learner");
  if (auto kind = check_kind(*learner); !kind) return pass_on(kind);
  const auto features = parameter_at(*learner, {"learner_model_param", "num_feature"});
  const auto base = parameter_at(*learner, {"learner_model_param", "base_score"});
  if (!features || *features < 1) return refusal("is no count", "learner_model_param.num_feature");
  if (!base || *base <= 0 || *base >= 1) return refusal("is no probability", "learner_model_param.base_score");
  const json::value* listed = at(*learner, {"gradient_booster", "model", "trees"});
  if (listed == nullptr || !listed->is_array()) return refusal("are not there", "gradient_booster.model.trees");
  std::vector<Tree> trees;
  for (const json::value& one : listed->get_array()) {
    auto tree = tree_of(one);
    if (!tree) return pass_on(tree);
    trees.push_back(std::move(*tree));
  }
  const auto count = static_cast<std::size_t>(*features);
  const float margin = core::margin_of_probability(static_cast<float>(*base));
  auto forest = core::Forest::of(trees, margin, count);
  if (!forest) return pass_on(forest);
  auto names = names_in(*learner, count);
  if (!names) return pass_on(names);
  return Model{std::move(*forest), std::move(trees), margin, std::move(*names), version_in(document)};
}

}  // namespace

Result<Model> model_in(std::string_view file) {
  if (file.size() > kModelBytesMax)
    return fail(ErrorCode::kInvalidArgument, "a model's file has 256 MiB at most", "model", kModelBytesMax);
  if (file.starts_with('\x80')) return refusal("is a pickle, which could run anything: use save_model", "file");
  if (file.starts_with("binf") || file.starts_with("bs64"))
    return refusal("is in xgboost's old binary form: load and save it as .json or .ubj", "file");
  if (!file.starts_with('{')) return refusal("is neither JSON nor UBJ of xgboost's save_model", "file");
  const bool is_text = file.size() > 1 && (file[1] == '"' || file[1] == '\n' || file[1] == ' ' || file[1] == '\r');
  if (!is_text) {
    auto document = parse_ubjson(file);
    if (!document) return pass_on(document);
    return model_of(*document);
  }
  boost::system::error_code ec;
  const json::value document = json::parse(file, ec);
  if (ec) return refusal("is no JSON: " + ec.message(), "file");
  return model_of(document);
}

}  // namespace handrail::xgboost
