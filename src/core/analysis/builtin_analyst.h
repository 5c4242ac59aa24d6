// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/analysis/analysis.h"
#include "core/analysis/digest.h"

namespace handrail::core {

inline constexpr std::string_view kBuiltinTables = "1";  // version of insights, mappings and templates

// The default reader: insights whose facts hold, weightiest first; engagement from pace and progress; actions and a
// message by the site's mapping; the score is the digest's base, since it knows nothing that the score does not. Fills
// all but id, journey, cause, times. Pure and deterministic; some microseconds.
Analysis read_journey(const Digest& digest, const AnalystRules& rules);

// Insights that hold, what weighs more first; all of them.
std::vector<Insight> insights_in(const Digest& digest);
EngagementLevel engagement_in(const Digest& digest);
// Where something speaks for help, what speaks for leaving the visitor alone does not count.
std::vector<std::string> actions_for(const std::vector<Insight>& insights, const AnalystRules& rules);
// The template that fits the weightiest insight; nullptr: the site has none that fits.
const MessageTemplate* message_for(const std::vector<Insight>& insights, const AnalystRules& rules);

}  // namespace handrail::core
