// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/risk/exit_artefact.h"

// An artefact for SageMaker's built-in XGBoost container.
namespace handrail::training {

// Its trees as a model.tar.gz. What that container says is the margin's own probability: Handrail's calibration is not
// in it.
Result<std::string> sagemaker_archive(const core::ExitParts& parts);

// What a caller of such an endpoint needs beside it, as JSON: the columns in their order, how categories are numbers,
// and the calibration.
std::string columns_document(const core::ExitParts& parts);

}  // namespace handrail::training
