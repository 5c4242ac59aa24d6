// SPDX-License-Identifier: Apache-2.0
#include "core/experiment/outcomes.h"

#include <algorithm>

namespace handrail::core {
namespace {

const DeclaredGoal* declared(const Goals& goals, const std::string& name) {
  const auto found =
      std::find_if(goals.begin(), goals.end(), [&](const DeclaredGoal& goal) { return goal.name == name; });
  return found == goals.end() ? nullptr : &*found;
}

}  // namespace

bool counts(const Goals& goals, const std::string& goal) { return goals.empty() || declared(goals, goal) != nullptr; }

void note_step(Journey& journey, const Goals& goals, const Step& step) {
  const DeclaredGoal* goal = declared(goals, step.funnel);
  if (goal == nullptr) return;
  const auto found = std::find(goal->steps.begin(), goal->steps.end(), step.step);
  if (found == goal->steps.end()) return;
  const auto place = static_cast<std::uint32_t>(found - goal->steps.begin());
  if (journey.furthest && journey.furthest->goal == goal->name && journey.furthest->place >= place) return;
  journey.furthest = GoalStep{goal->name, step.step, place};
}

Outcome outcome_of(const Journey& journey, const Goal& goal, UnixMillis at) {
  const bool had_steps = journey.furthest && journey.furthest->goal == goal.name;
  return {OutcomeKind::kGoal, at, goal.name, had_steps ? journey.furthest->step : ""};
}

Outcome ending_of(const Journey& journey) {
  return ending_of(journey, journey.degraded ? OutcomeKind::kCensored : OutcomeKind::kExit);
}

Outcome ending_of(const Journey& journey, OutcomeKind kind) {
  if (!journey.furthest) return {kind, journey.last_at, "", ""};
  return {kind, journey.last_at, journey.furthest->goal, journey.furthest->step};
}

}  // namespace handrail::core
