// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "core/fold/effects.h"

namespace handrail::gateway {

// A reading of a journey as the API shows it: the mission's fields, and beside each sentence its code. Sentences are in
// the language of the site's rules, actions in their words. Pure.
boost::json::object view(const core::Analysis& analysis, const core::AnalystRules& rules);

// The same as a signal: `signalType` ai_journey_analysis. The signal has an analysis.
boost::json::object analysis_signal(const core::Signal& signal, const core::AnalystRules& rules);

}  // namespace handrail::gateway
