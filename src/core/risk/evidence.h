// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/signals/catalogue.h"

namespace handrail::core {

// One occurrence of a signal on a target. Age and progress count from `at`, the time of its newest grade.
struct Episode {
  EpisodeId id;  // hash of signal, target and the event that began it
  SignalKind signal = SignalKind::kRageClick;
  Grade grade = Grade::kProvisional;
  std::string target;
  UnixMillis at = 0;
  Offset began = 0;                   // offset of the record that raised it first
  std::vector<std::string> rests_on;  // ids of the events it rests on, at most kRestsOnMax
};
template <class A>
void fields(A& a, Episode& e) {
  a(e.id, e.signal, e.grade, e.target, e.at, e.began, e.rests_on);
}

// What a journey knows of trouble and of progress: all that the struggle score is made of. Bounded.
struct Evidence {
  static constexpr std::size_t kEpisodesMax = 32;  // the weakest decayed one goes first
  static constexpr std::size_t kProgressMax = 16;  // the shift that progress causes is capped at 16
  static constexpr std::size_t kRestsOnMax = 8;

  std::vector<Episode> episodes;     // by family and target: those of one trouble lie side by side
  std::vector<UnixMillis> progress;  // the newest ones, ascending
  std::optional<UnixMillis> exit_intent_at;

  const Episode* find(EpisodeId id) const;
  void add_progress(UnixMillis at);
  void reach_goal(UnixMillis at);  // removes every episode up to that moment
  bool retract(EpisodeId id);      // false when it was not there

  // Adds an episode, or moves one to a higher grade, or (same grade, `anew`) to a later time.
  // False when nothing changed. Makes room by dropping the weakest at `episode.at`.
  bool raise(const Episode& episode, bool anew, const Weights& weights = catalogue_weights());
};
template <class A>
void fields(A& a, Evidence& e) {
  a(e.episodes, e.progress, e.exit_intent_at);
}

// Whether two episodes are of one trouble: of it only the strongest counts.
bool same_trouble(const Episode& a, const Episode& b);

}  // namespace handrail::core
