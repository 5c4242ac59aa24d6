// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/signals/click_chain.h"
#include "core/signals/detector.h"

namespace handrail::core {
namespace {

// Repeated clicks on one target with no adequate reaction. A multi-click that gets a response is not rage.
// Peers range over 3-5 clicks, 300 ms-7 s, 8-100 px; these are starting values.
constexpr Millis kGapMax = 500;
constexpr std::size_t kProvisionalClicks = 3;
constexpr std::size_t kConfirmedClicks = 4;  // with kGapMax that is within 1.5 s
constexpr Millis kDeadAfter = 600;
constexpr Millis kRepeatWithin = 60 * kSecond;

bool unanswered(const ClickMark& m) { return m.reaction == Reaction::kNone && (m.excuses & kExcuseRage) == 0; }
bool bad_outcome(const ClickMark& m) { return m.error || m.disabled || m.watched >= kDeadAfter; }

// The part of the chain that holds `centre` and in which no click was answered.
std::span<const ClickMark> unanswered_run(std::span<const ClickMark> chain, const ClickMark& centre) {
  const auto at = static_cast<std::size_t>(&centre - chain.data());
  if (!unanswered(centre)) return {};
  std::size_t first = at;
  std::size_t last = at;
  while (first > 0 && unanswered(chain[first - 1])) --first;
  while (last + 1 < chain.size() && unanswered(chain[last + 1])) ++last;
  return chain.subspan(first, last - first + 1);
}

bool confirmed_before(const Journey& journey, EpisodeId self, std::string_view target, UnixMillis at) {
  return std::any_of(journey.evidence.episodes.begin(), journey.evidence.episodes.end(), [&](const Episode& e) {
    return e.signal == SignalKind::kRageClick && e.id != self && e.target == target && e.grade >= Grade::kConfirmed &&
           at - e.at <= kRepeatWithin;
  });
}

Grade grade_of(const Journey& journey, std::span<const ClickMark> run, EpisodeId id, UnixMillis at) {
  const bool confirmed = run.size() >= kConfirmedClicks || std::any_of(run.begin(), run.end(), bad_outcome);
  if (!confirmed) return Grade::kProvisional;
  return confirmed_before(journey, id, run.front().key, at) ? Grade::kRepeated : Grade::kConfirmed;
}

// The page did react: take back what began with a click of this chain and no longer has its three unanswered clicks.
void retract_answered(const Journey& journey, std::span<const ClickMark> chain, Findings& findings) {
  for (const ClickMark& mark : chain) {
    const EpisodeId id = episode_id(SignalKind::kRageClick, mark.key, mark.event_id);
    if (journey.evidence.find(id) == nullptr) continue;
    if (unanswered_run(chain, mark).size() < kProvisionalClicks) findings.retracted.push_back(id);
  }
}

}  // namespace

void detect_rage_click(const Journey& journey, const Event& event, Findings& findings) {
  const ClickMark* mark = clicked(journey, event);
  if (mark == nullptr) return;
  const auto chain = chain_around(journey, *mark, kGapMax);
  if (mark->reaction == Reaction::kSome) return retract_answered(journey, chain, findings);
  const auto run = unanswered_run(chain, *mark);
  if (run.size() < kProvisionalClicks) return;

  Episode episode;
  episode.signal = SignalKind::kRageClick;
  episode.target = run.front().key;
  episode.id = episode_id(episode.signal, episode.target, run.front().event_id);
  episode.at = event.occurred_at;
  episode.grade = grade_of(journey, run, episode.id, episode.at);
  for (const ClickMark& m : run) {
    if (episode.rests_on.size() < Evidence::kRestsOnMax) episode.rests_on.push_back(m.event_id);
  }
  findings.raised.push_back({std::move(episode), false});
}

}  // namespace handrail::core
