// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "core/signals/click_chain.h"
#include "core/signals/detector.h"

namespace handrail::core {
namespace {

// No reaction to a click on something that looks interactive. Clicks of one burst on a target are one trouble.
constexpr Millis kProvisionalAfter = 600;
constexpr Millis kConfirmedAfter = 2500;
constexpr Millis kBurstGap = 1000;
constexpr Millis kManyTargetsWithin = 30 * kSecond;
constexpr Millis kSameTargetWithin = 60 * kSecond;
constexpr std::size_t kManyTargets = 2;
constexpr std::size_t kSameTargetTimes = 3;

bool is_dead(const ClickMark& m) {
  return m.reaction == Reaction::kNone && m.watched >= kProvisionalAfter && (m.excuses & kExcuseDead) == 0;
}

// Whether this confirmed episode is one of several: two targets in 30 s, or three bursts on one in 60 s.
bool one_of_several(const Journey& journey, const Episode& self) {
  std::set<std::string_view> targets{self.target};
  std::size_t on_target = 1;
  for (const Episode& e : journey.evidence.episodes) {
    if (e.signal != SignalKind::kDeadClick || e.id == self.id || e.grade < Grade::kConfirmed) continue;
    if (self.at - e.at <= kManyTargetsWithin) targets.insert(e.target);
    if (e.target == self.target && self.at - e.at <= kSameTargetWithin) ++on_target;
  }
  return targets.size() >= kManyTargets || on_target >= kSameTargetTimes;
}

}  // namespace

void detect_dead_click(const Journey& journey, const Event& event, Findings& findings) {
  const ClickMark* mark = clicked(journey, event);
  if (mark == nullptr) return;
  const auto burst = chain_around(journey, *mark, kBurstGap);
  Episode episode;
  episode.signal = SignalKind::kDeadClick;
  episode.target = burst.front().key;
  episode.id = episode_id(episode.signal, episode.target, burst.front().event_id);
  if (std::none_of(burst.begin(), burst.end(), is_dead)) {
    if (journey.evidence.find(episode.id) != nullptr) findings.retracted.push_back(episode.id);
    return;
  }
  if (!is_dead(*mark)) return;
  episode.at = event.occurred_at;
  episode.grade = mark->watched >= kConfirmedAfter ? Grade::kConfirmed : Grade::kProvisional;
  if (episode.grade == Grade::kConfirmed && one_of_several(journey, episode)) episode.grade = Grade::kRepeated;
  episode.rests_on = {mark->event_id};
  findings.raised.push_back({std::move(episode), false});
}

}  // namespace handrail::core
