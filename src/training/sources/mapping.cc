// SPDX-License-Identifier: Apache-2.0
#include "training/sources/mapping.h"

#include <algorithm>

namespace handrail::training {
namespace {

bool same_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool any_holds(const Conditions& conditions, const Cells& cells) {
  return std::ranges::any_of(conditions, [&](const Condition& c) { return c.holds(cells); });
}

}  // namespace

std::string Template::filled(const Cells& cells) const {
  std::string text;
  for (const Part& part : parts) text += part.column ? cells[*part.column] : part.words;
  return text;
}

bool Condition::Member::holds(const Cells& cells) const {
  const std::string& cell = cells[column];
  const bool is_one = std::ranges::any_of(
      any_of, [&](const std::string& one) { return any_case ? same_in_any_case(one, cell) : one == cell; });
  return is_one != is_negated;
}

bool Condition::holds(const Cells& cells) const {
  return std::ranges::all_of(members, [&](const Member& m) { return m.holds(cells); });
}

bool OutcomeRows::are_there() const { return !goal.empty() || !goal_after.empty(); }

Result<Tells> OutcomeRows::tells(const Cells& cells) const {
  const bool is_goal = any_holds(goal, cells), is_exit = any_holds(exit, cells);
  const bool goal_follows = any_holds(goal_after, cells), exit_follows = any_holds(exit_after, cells);
  if ((is_goal || goal_follows) && (is_exit || exit_follows))
    return fail(ErrorCode::kInvalidArgument, "tells of the goal and of an exit at once", "outcome");
  if (is_goal) return Tells::kGoal;
  if (is_exit) return Tells::kExit;
  if (any_holds(gives_away, cells)) return Tells::kGivesAway;
  if (goal_follows) return Tells::kGoalAfter;
  return exit_follows ? Tells::kExitAfter : Tells::kNothing;
}

}  // namespace handrail::training
