// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <string>

#include "core/analysis/analyst_rules.h"

namespace handrail::language {

// The answer's form as JSON Schema, within what providers' strict modes take: every member required, no others, words
// from lists wherever there are lists. Insights come before the score, so that it follows from them.
boost::json::object schema_of(const core::AnalystRules& rules);

// The same as a grammar of llama.cpp's (GBNF), narrower: without white space, every code with its own fact. A small
// model that may write white space spends its tokens on it.
std::string grammar_of(const core::AnalystRules& rules);

}  // namespace handrail::language
