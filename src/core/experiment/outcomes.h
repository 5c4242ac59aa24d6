// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/control/rules.h"
#include "core/event/fact.h"
#include "core/journey/journey.h"

// What a journey came to, by the goals that its site declared.
namespace handrail::core {

using Goals = std::vector<DeclaredGoal>;

// Whether reaching that goal is an outcome: where none is declared, any is.
bool counts(const Goals& goals, const std::string& goal);

// Remembers the step if it leads to a declared goal and no later one towards it is known.
void note_step(Journey& journey, const Goals& goals, const Step& step);

Outcome outcome_of(const Journey& journey, const Goal& goal, UnixMillis at);
// Of a journey that is over without a goal: an exit, where all of it is known.
Outcome ending_of(const Journey& journey);
Outcome ending_of(const Journey& journey, OutcomeKind kind);

}  // namespace handrail::core
