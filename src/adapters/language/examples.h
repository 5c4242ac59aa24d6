// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/analysis/analyst_rules.h"

namespace handrail::language {

// Two small journeys with their right answers, made of the site's own actions and templates: small models copy what
// they are shown.
void add_examples(std::string& out, const core::AnalystRules& rules);

}  // namespace handrail::language
