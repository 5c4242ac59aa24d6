// SPDX-License-Identifier: Apache-2.0
#include "tests/support/models.h"

#include <cmath>

#include "adapters/xgboost/model_archive.h"
#include "adapters/xgboost/model_document.h"
#include "base/check.h"
#include "base/packed.h"
#include "core/risk/exit_artefact.h"
#include "tests/fuzz/targets.h"

// Models as files that people give: artefacts, and boosters of xgboost's.
namespace handrail::fuzz {
namespace {

constexpr std::string_view kMagic = "HANDRAIL-EXIT-MODEL\n\x01";

// An artefact whose packing and checksum are right, so that what lies beneath is read.
std::string sealed(std::string_view archive) {
  std::string out = std::string(kMagic) + packed_bytes(archive);
  return out + std::string(id_of({out}).bytes());
}

std::string opened(const std::string& artefact) {
  const std::string_view inside(artefact.data() + kMagic.size(), artefact.size() - kMagic.size() - 16);
  return unpacked_bytes(inside, core::kArtefactUnpackedMax).value();
}

void ask(const core::ExitModel& model) {
  core::FeatureRow row;
  row.numbers.assign(core::number_names(model.features().recipe()).size(), std::nanf(""));
  row.categories.assign(core::category_names(model.features().recipe()).size(), 1);
  check(model.judge(row).probability <= core::kProbabilityOne, "a probability is one");
  (void)model.reasons(row);
}

}  // namespace

void run_model_artefact(std::string_view input) {
  (void)core::decode_exit_parts(input);
  const auto parts = core::decode_exit_parts(sealed(input));
  if (!parts) return;
  if (const auto model = core::ExitModel::of(*parts)) ask(**model);
}

std::vector<std::string> model_artefact_seeds() {
  return {opened(encode(test::model_of_events(3))),
          opened(encode(test::model_of_events(
              5, {{"loan.amount", core::PropertyKind::kNumber}, {"plan", core::PropertyKind::kCategory}})))};
}

void run_booster(std::string_view input) {
  (void)xgboost::model_in_archive(input);
  const auto model = xgboost::model_in(input);
  if (!model) return;
  const std::vector<float> row(model->forest.features(), std::nanf(""));
  (void)model->forest.margin(row);
}

std::vector<std::string> booster_seeds() {
  return {
      R"({"learner":{"attributes":{},"feature_names":[],"feature_types":[],"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1","size_leaf_vector":"0"},"tree_info":[0],"trees":[{"base_weights":[0,-1,1],"categories":[],"categories_nodes":[],"categories_segments":[],"categories_sizes":[],"default_left":[1,0,0],"id":0,"left_children":[1,-1,-1],"loss_changes":[1,0,0],"parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[0.5,-1,1],"split_indices":[0,0,0],"split_type":[0,0,0],"sum_hessian":[4,2,2],"tree_param":{"num_deleted":"0","num_feature":"1","num_nodes":"3","size_leaf_vector":"0"}}]},"name":"gbtree"},"learner_model_param":{"base_score":"5E-1","boost_from_average":"1","num_class":"0","num_feature":"1","num_target":"1"},"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}},"version":[1,7,4]})"};
}

}  // namespace handrail::fuzz
