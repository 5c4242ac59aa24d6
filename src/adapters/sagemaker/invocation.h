// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/signed_calls.h"

// What goes to a SageMaker endpoint and what comes back, as text. Pure.
namespace handrail::sagemaker {

// text/csv as the built-in XGBoost container takes it: no header, no label, a row a line, a missing value an empty
// cell.
std::string rows_as_csv(std::span<const std::vector<float>> rows);

// The scores of an answer: CSV ("0.1,0.9", or a line each), or JSON ({"predictions": [{"score": 0.1}]}, or a list of
// numbers). kCorrupt: another form, or not so many. They may be any numbers.
Result<std::vector<double>> scores_in(std::string_view body, std::string_view content_type, std::size_t count);

// A refusal of InvokeEndpoint's (docs.aws.amazon.com, "InvokeEndpoint: Errors", and "Common errors") as an error of
// ours: kUnavailable, kTimeout and kLimitExceeded may pass; kInvalidArgument will not by itself.
Error as_error(const aws::ServiceError& refusal);

}  // namespace handrail::sagemaker
