// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/analyst_rules.h"
#include "core/analysis/facts.h"
#include "core/control/rules.h"
#include "core/decision/profile.h"
#include "core/journey/journey.h"
#include "core/risk/exit_artefact.h"

namespace handrail::core {

// One of the newest events, as far as a reader may know it.
struct DigestEvent {
  FactKind kind = FactKind::kCustom;
  std::string_view detail;  // "failed", "no_reaction", "invalid", ...; empty: nothing to say. Static text
  std::int64_t gap_s = 0;   // seconds since the one before
  std::string target;       // what it was about: a name that the site declared, else an alias ("T1"); may be empty
};

// Trouble that was found.
struct DigestSignal {
  SignalKind signal = SignalKind::kRageClick;
  Grade grade = Grade::kProvisional;
  std::string target;      // as in DigestEvent
  std::int64_t ago_s = 0;  // since its newest grade
  int points = 0;          // of struggle, alone
};

// All that a reader is told of a journey: whole numbers, words of this program, names that the site itself declared,
// aliases. Never what a visitor or a page wrote: no values, ids, addresses, free text.
struct Digest {
  std::vector<DigestFact> facts;      // those that are known, in the order of FactName
  std::vector<DigestEvent> events;    // oldest first, at most EventDigest::kWindow
  std::vector<DigestSignal> signals;  // strongest first
  std::vector<std::string> reasons;   // the exit-risk model's columns that speak for leaving, strongest first
  int base = 0;                       // the higher of struggle and the model's score

  std::optional<std::int64_t> value_of(FactName name) const;
};

struct DigestInput {
  const Journey& journey;
  const Profile& profile;
  const std::vector<DeclaredGoal>& goals;
  const AnalystRules& rules;
  const Weights& weights;
  UnixMillis at;                                 // log time
  int struggle;                                  // then
  std::optional<int> model_score;                // nothing: no model spoke
  const std::vector<Reason>* reasons = nullptr;  // the model's, where they are known
};
Digest digest_of(const DigestInput& input);

// What journeys that read alike have in common: the quantised facts, kinds and details of events, signals, and the
// rules' part in the answer. The cache's key.
Id128 likeness_of(const Digest& digest, const AnalystRules& rules);

// The words for a kind of event: "click".
std::string_view word_of(FactKind kind);

}  // namespace handrail::core
