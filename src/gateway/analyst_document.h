// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>

#include "core/analysis/analyst_rules.h"
#include "gateway/codec/json_reader.h"

// The section "analyst" of a site's rules: how its journeys are read, and the words that somebody approved.
namespace handrail::gateway {

// Takes over what the section says; what it does not mention stays, and a list that it gives replaces the one there
// was. What may be published is checked here and nowhere else: limits, ids, plain words, none of them forbidden.
void read_analyst(JsonReader& in, core::AnalystRules& rules);

// What the site says itself: lists are empty where the catalogue's own hold.
boost::json::object view(const core::AnalystRules& rules);

boost::json::array names_of(const std::vector<core::InsightCode>& codes);

}  // namespace handrail::gateway
