// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/chat/conversation.h"
#include "core/control/rules_stamp.h"
#include "core/decision/decision.h"
#include "core/journey/journey.h"
#include "core/risk/evidence.h"

namespace handrail::core {

enum class SignalState : std::uint8_t { kProvisional, kConfirmed, kRetracted };
constexpr std::uint64_t enum_end(SignalState) { return 3; }
std::string_view name_of(SignalState state);

// A signal as it is listed: an episode with its verdict, or a reading of the journey.
struct Signal {
  Episode episode;
  SignalState state = SignalState::kProvisional;
  JourneyId journey;
  RulesStamp rules;                  // that held when it was found
  std::optional<Analysis> analysis;  // of a reading; the episode has its id and time, and no more
};
template <class A>
void fields(A& a, Signal& s) {
  a(s.episode, s.state, s.journey);
  if (a.more()) a(s.rules);
  if (a.more()) a(s.analysis);
}

// What folding one record changed beyond the visitor's state: rows to store and news to push. The engine turns it
// into a batch and publications; the fold itself does no I/O.
struct Effects {
  bool duplicate = false;  // the record had been folded before; nothing else is set
  bool ignored = false;    // logged and listed, but not folded (too old)
  std::vector<Signal> signals;
  std::vector<Decision> decisions;
  std::vector<Intervention> interventions;      // those whose state changed
  std::vector<Exposure> exposures;              // new ones, and those of which more is known
  bool erased = false;                          // all rows of the visitor go
  std::optional<JourneySummary> ended_journey;  // the current one is in the visitor
  std::optional<Conversation> conversation;
  std::vector<ChatMessage> messages;
  std::vector<Record> appends;  // for the order of other visitors: links and a person's decisions
  bool progress = false;
  int struggle = 0;
  int risk = 0;

  void clear() { *this = Effects{}; }
};

}  // namespace handrail::core
