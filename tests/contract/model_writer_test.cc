// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/model_writer.h"

#include <doctest/doctest.h>
#include <xgboost/c_api.h>

#include <bit>
#include <cmath>
#include <random>

#include "adapters/xgboost/model_document.h"

// What Handrail writes, loaded by libxgboost itself.
using namespace handrail;
using core::Tree;
using core::TreeNode;

namespace {

constexpr std::size_t kFeatures = 5;
const std::vector<std::string> kNames = {"events", "count:/a?b=\"1\"", "ü", "number:loan.amount.last", "\\"};

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

float odd_number(std::mt19937& random) {
  const float odd[] = {0.0F, -0.0F, 1.0F, -3.0F, 16'777'216.0F, 0.1F, 1.1754944e-38F, 3.4028235e38F, -1e-40F};
  return random() % 4 == 0 ? odd[random() % std::size(odd)] : std::normal_distribution<float>(0, 2)(random);
}

// Any tree, its nodes in any order but the root's, some of them out of reach.
Tree random_tree(std::mt19937& random) {
  Tree tree(1);
  std::vector<std::uint32_t> leaves{0};
  for (unsigned splits = random() % 40; splits > 0; --splits) {
    const std::size_t place = random() % leaves.size();
    const std::uint32_t at = leaves[place];
    tree.resize(tree.size() + 2 + (random() % 5 == 0 ? 1 : 0));  // a node that pruning left behind
    const auto last = static_cast<std::uint32_t>(tree.size() - 1);
    tree[at].left = last;
    tree[at].right = last - 1;
    leaves[place] = last;
    leaves.push_back(last - 1);
  }
  for (TreeNode& node : tree) {
    node.feature = random() % kFeatures;
    node.value = odd_number(random);
    if (node.is_leaf() && std::abs(node.value) > 1e30F) node.value = 1;
    node.missing_left = random() % 2 == 0;
    node.cover = static_cast<float>(random() % 1000) / 7;
  }
  return tree;
}

std::vector<float> random_rows(std::size_t count, std::mt19937& random) {
  std::vector<float> rows(count * kFeatures);
  for (float& value : rows) value = random() % 5 == 0 ? NAN : odd_number(random);
  return rows;
}

void must(int outcome) { REQUIRE_MESSAGE(outcome == 0, std::string(XGBGetLastError())); }

std::vector<float> margins_by_libxgboost(const std::string& file, const std::vector<float>& rows) {
  BoosterHandle booster = nullptr;
  DMatrixHandle matrix = nullptr;
  must(XGBoosterCreate(nullptr, 0, &booster));
  must(XGBoosterLoadModelFromBuffer(booster, file.data(), file.size()));
  must(XGDMatrixCreateFromMat(rows.data(), rows.size() / kFeatures, kFeatures, NAN, &matrix));
  const char* config = R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
  const std::uint64_t* shape = nullptr;
  std::uint64_t dimensions = 0;
  const float* out = nullptr;
  must(XGBoosterPredictFromDMatrix(booster, matrix, config, &shape, &dimensions, &out));
  std::vector<float> margins(out, out + rows.size() / kFeatures);
  XGDMatrixFree(matrix);
  XGBoosterFree(booster);
  return margins;
}

}  // namespace

TEST_CASE("libxgboost loads what is written and gives the same margins to the bit") {
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    std::vector<Tree> trees;
    for (unsigned i = random() % 12; i > 0; --i) trees.push_back(random_tree(random));
    const float score = static_cast<float>(1 + random() % 999'998) / 1e6F;
    const float base = core::margin_of_probability(score);
    const auto forest = core::Forest::of(trees, base, kFeatures);
    REQUIRE(forest);
    const auto file = xgboost::model_json(trees, base, kNames);
    REQUIRE_MESSAGE(file, file.error().message);
    const auto rows = random_rows(500, random);
    const auto margins = margins_by_libxgboost(*file, rows);
    std::size_t different = 0;
    for (std::size_t i = 0; i < margins.size(); ++i)
      different += bits(forest->margin(std::span(rows).subspan(i * kFeatures, kFeatures))) != bits(margins[i]);
    CHECK(different == 0);
  }
}

TEST_CASE("what is written is read back as it was") {
  std::mt19937 random(5);
  const std::vector<Tree> trees = {random_tree(random), random_tree(random)};
  for (const float score : {0.5F, 0.001F, 0.2F, 0.61803F, 0.999F}) {
    const float base = core::margin_of_probability(score);
    const auto file = xgboost::model_json(trees, base, kNames);
    REQUIRE(file);
    const auto model = xgboost::model_in(*file);
    REQUIRE_MESSAGE(model, model.error().message);
    CHECK(model->feature_names == kNames);
    CHECK(bits(model->base_margin) == bits(base));
    CHECK(model->trees.size() == 2);
    CHECK(xgboost::model_json(model->trees, base, kNames).value() == *file);
  }
}

TEST_CASE("what xgboost could not read is refused by name") {
  Tree leaf(1);
  leaf[0].value = std::numeric_limits<float>::infinity();
  const auto endless = xgboost::model_json(std::vector<Tree>{leaf}, 0, kNames);
  REQUIRE_FALSE(endless);
  CHECK(endless.error().message.find("tree 0") != std::string::npos);
  CHECK_FALSE(xgboost::model_json(std::vector<Tree>{Tree{}}, 0, kNames));
  CHECK_FALSE(xgboost::model_json({}, 0, {}));
  CHECK_FALSE(xgboost::model_json({}, std::numeric_limits<float>::max(), kNames));
}
