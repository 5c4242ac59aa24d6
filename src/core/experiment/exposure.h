// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/control/rules_stamp.h"

// What a later analysis needs to say what help did: who could have been helped, who was drawn not to be, with which
// probability, and what became of each.
namespace handrail::core {

enum class Arm : std::uint8_t { kHelp, kControl };
constexpr std::uint64_t enum_end(Arm) { return 2; }
std::string_view name_of(Arm arm);

// The arm that a site's visitor, or person, is drawn into: a hash of its name, so the same at each time and on every
// machine. Raising the percentage moves some from help to control and none back.
Arm arm_of(std::string_view site, std::string_view unit, int holdout_percent);

enum class OutcomeKind : std::uint8_t {
  kGoal,      // a declared goal was reached (any goal, where the site declared none)
  kExit,      // the journey ended without
  kCensored,  // nobody can tell: records of the journey are missing, or the visitor withdrew
};
inline constexpr std::size_t kOutcomeKinds = 3;
constexpr std::uint64_t enum_end(OutcomeKind) { return kOutcomeKinds; }
std::string_view name_of(OutcomeKind kind);

// What became of a journey.
struct Outcome {
  OutcomeKind kind = OutcomeKind::kExit;
  UnixMillis at = 0;
  std::string goal;  // that was reached, or towards which the visitor had come furthest; empty: towards none
  std::string step;  // the furthest declared one
};
template <class A>
void fields(A& a, Outcome& o) {
  a(o.kind, o.at, o.goal, o.step);
}

// A decision that only the draw could still turn: every other gate let it pass.
struct Exposure {
  DecisionId decision;
  std::string site;
  std::string visitor;
  JourneyId journey;
  UnixMillis at = 0;
  Arm arm = Arm::kHelp;
  int help_percent = 100;  // the probability of help: the propensity, whatever was drawn
  RulesStamp rules;
  int risk = 0;
  bool may_train = true;                   // by what the visitor agreed to, as last known
  std::optional<UnixMillis> displayed_at;  // help that was really seen
  std::optional<Outcome> outcome;          // nothing yet: the journey goes on
};
template <class A>
void fields(A& a, Exposure& e) {
  a(e.decision, e.site, e.visitor, e.journey, e.at, e.arm, e.help_percent, e.rules, e.risk, e.may_train, e.displayed_at,
    e.outcome);
}

}  // namespace handrail::core
