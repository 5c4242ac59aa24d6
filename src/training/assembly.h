// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/risk/exit_artefact.h"
#include "training/extraction.h"
#include "training/trainer.h"

namespace handrail::training {

// A trained model as an artefact: its trees out of the booster, what training measured as its card, and how each column
// lay, for watching over it later. The same inputs give the same bytes.
Result<core::ExitParts> assemble(const std::string& name, const Extracted& extracted, const Trained& trained);

}  // namespace handrail::training
