// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/analyst_rules.h"
#include "core/analysis/digest.h"

// What language models are told and what they answer, as text. Pure.
namespace handrail::language {

inline constexpr std::string_view kPromptVersion = "1";  // raised with every change of the words below

// What of a digest is told; the rest is left out, oldest and weakest first.
inline constexpr std::size_t kEventsTold = 6;
inline constexpr std::size_t kSignalsTold = 3;
inline constexpr std::size_t kReasonsTold = 3;

struct Prompt {
  std::string system;  // the same for all journeys of a site, so that it can be kept prepared
  std::string user;    // the journey: 50 to 250 tokens
};

Prompt prompt_of(const core::Digest& digest, const core::AnalystRules& rules);

std::string system_words(const core::AnalystRules& rules);
std::string user_words(const core::Digest& digest);

// Ids of the site's templates, each once, in their order.
std::vector<std::string_view> message_ids(const core::AnalystRules& rules);

}  // namespace handrail::language
