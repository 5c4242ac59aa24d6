// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>

#include "config/config.h"
#include "core/control/rules_book.h"
#include "gateway/codec/json_reader.h"

// Rules as people write them: {"policy": {...}, "weights": {...}, "goals": [...], "privacy": {...},
// "page": {...}, "analyst": {...}}. The policy has the names, bounds and units of [policy] in handrail.toml.
namespace handrail::gateway {

core::Policy policy_of(const Config::Policy& config);

// Takes over what the document says; what it does not mention stays. A name that there is not is a fault.
void read_rules(JsonReader& in, core::Rules& rules);

boost::json::object view(const core::Rules& rules);           // whole: every value, every weight
boost::json::object view(const core::RulesVersion& version);  // with its rules
boost::json::object summary_view(const core::RulesVersion& version);

}  // namespace handrail::gateway
