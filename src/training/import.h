// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "training/trainer.h"

namespace handrail::training {

struct ImportOptions {
  std::optional<UnixMillis> test_from{};  // visitors who came later are tested on; nothing: the latest 20 %
  double alert_rate = 0.1;
  std::uint64_t labels_min = 50;  // journeys of either outcome in the part that calibrates
  std::uint64_t seed = 1;
  int bootstrap = 200;
};

// A model that was trained elsewhere on rows of `handrail training-set`, calibrated and judged as train() does it, for
// assemble(). `file`: a booster's JSON or UBJ, or a model.tar.gz. Which rows trained it is not known: those that
// split_of() gives to validation and test must not have.
// kInvalidArgument: no such model; features without names, or whose name is no number column of the set; too few
// labels.
Result<Trained> import_model(std::string_view file, const TrainingSet& set, const ImportOptions& options);

}  // namespace handrail::training
