// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/analysis/analyst_rules.h"
#include "core/analysis/insights.h"

namespace handrail::core {

// Languages with sentences of their own: "en", "de", "es".
bool speaks(std::string_view language);
// "3 submits failed": in that language, else in its base language ("de-at" -> "de"), else in English.
std::string sentence_of(const Insight& insight, std::string_view language);
// What is shown below a provider's own words.
std::string_view disclosure_in(std::string_view language);

}  // namespace handrail::core
