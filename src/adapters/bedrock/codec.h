// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/signed_calls.h"
#include "adapters/language/prompt.h"
#include "adapters/language/second_try.h"
#include "ports/analyst.h"

// What goes to Bedrock's Converse and what comes back, as text (docs.aws.amazon.com, "Converse"). Pure.
namespace handrail::bedrock {

inline constexpr std::string_view kTool = "report_journey";

// The model's id in it is encoded once; ids and ARNs have ':' and '/'.
std::string path_of(const std::string& model);

// The model has to call our one tool, whose input is the answer: Nova then decodes under its schema.
std::string request_of(const language::Prompt& prompt, const core::AnalystRules& rules, const std::string& model,
                       int max_tokens);

// What the tool was called with, or else the text of a model that came to its end. kCorrupt names the reason why the
// model stopped, where it is another.
Result<Analyst::Answer> answer_in(std::string_view body, const std::string& model);

// A refusal of Converse's (its "Errors") as the port has it. `secret`: what must not be in the message.
language::Refusal refusal_of(const aws::ServiceError& why, std::string_view secret);

}  // namespace handrail::bedrock
