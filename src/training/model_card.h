// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "training/trainer.h"

namespace handrail::training {

// What a person needs to know before a model is put to use, in Markdown: what it was trained on and how, how good it
// was on later visitors, and what it may not be used for. `name` is the model's.
std::string model_card(const std::string& name, const Trained& trained, const TrainingOptions& options);

}  // namespace handrail::training
