// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/analysis/digest.h"

namespace handrail::test {

// A visitor whose form is refused again and again.
inline core::Digest stuck_on_a_form() {
  using enum core::FactName;
  core::Digest digest;
  digest.base = 68;
  digest.facts = {{kSecondsSpent, 142}, {kEvents, 23},       {kPages, 3},      {kClicks, 9},     {kFieldErrors, 3},
                  {kSubmits, 2},        {kFailedSubmits, 2}, {kAttempts, 3},   {kProgress, 1},   {kCompletion, 40},
                  {kFeaturesUsed, 2},   {kStruggle, 68},     {kRageClicks, 0}, {kGoalReached, 0}};
  digest.events = {{core::FactKind::kField, "", 0, "loan-term"},
                   {core::FactKind::kValidation, "invalid", 2, "loan-term"},
                   {core::FactKind::kSubmit, "failed", 5, "T1"},
                   {core::FactKind::kClick, "", 3, "T2"},
                   {core::FactKind::kClickOutcome, "no_reaction", 1, "T2"}};
  digest.signals = {{core::SignalKind::kSubmitFailRepeat, core::Grade::kTwice, "T1", 4, 41},
                    {core::SignalKind::kDeadClick, core::Grade::kOnce, "T2", 1, 12}};
  digest.reasons = {"failed_submits", "seconds_since_progress"};
  return digest;
}

// More than is ever told of one journey.
inline core::Digest as_full_as_can_be() {
  core::Digest digest;
  digest.base = 100;
  for (std::size_t i = 0; i < core::kFactNames; ++i) digest.facts.push_back({static_cast<core::FactName>(i), 1'234});
  for (int i = 0; i < 20; ++i)
    digest.events.push_back({core::FactKind::kClickOutcome, "no_reaction", i, "target-name"});
  for (int i = 0; i < 9; ++i)
    digest.signals.push_back({core::SignalKind::kSubmitFailRepeat, core::Grade::kThrice, "target-name", i, 40 - i});
  for (int i = 0; i < 9; ++i) digest.reasons.push_back("reason_" + std::to_string(i));
  return digest;
}

inline core::Digest just_arrived() {
  core::Digest digest;
  digest.base = 5;
  digest.facts = {{core::FactName::kSecondsSpent, 4}, {core::FactName::kEvents, 1}, {core::FactName::kPages, 1}};
  return digest;
}

// A bank's own rules, that lets a model word its messages.
inline core::AnalystRules own_rules() {
  core::AnalystRules rules;
  rules.own_words = true;
  rules.language = "de";
  rules.tone = "warm and brief";
  rules.forbidden = {"credit", "loan shark"};
  rules.actions = {{"call", "Offer a call\nback", {core::InsightCode::kFailedSubmits}}, {"wait", "Do nothing", {}}};
  rules.messages = {{"hello", "en", "May we help?", {}}, {"hello", "de", "Können wir helfen?", {}}};
  return rules;
}

}  // namespace handrail::test
