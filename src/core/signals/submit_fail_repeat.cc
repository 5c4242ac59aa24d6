// SPDX-License-Identifier: Apache-2.0
#include "core/signals/detector.h"

namespace handrail::core {
namespace {

// Submits of a form failing again within 60 s, since the last one that succeeded. A double press counts once.
constexpr Millis kWithin = 60 * kSecond;
constexpr Millis kDoubleSubmit = 700;

bool failed(const SubmitMark& m) { return m.result == SubmitResult::kInvalid || m.result == SubmitResult::kFailed; }

std::vector<const SubmitMark*> failures_of(const Journey& journey, std::string_view form, UnixMillis now) {
  std::vector<const SubmitMark*> failures;
  for (const SubmitMark& m : journey.submit_window) {
    if (m.form != form) continue;
    if (m.result == SubmitResult::kOk) failures.clear();
    if (!failed(m) || now - m.at > kWithin) continue;
    if (failures.empty() || m.at - failures.back()->at >= kDoubleSubmit) failures.push_back(&m);
  }
  return failures;
}

}  // namespace

void detect_submit_fail_repeat(const Journey& journey, const Event& event, Findings& findings) {
  const auto& fact = std::get<Submit>(event.fact);
  const auto failures = failures_of(journey, fact.form, event.occurred_at);
  if (failures.size() < 2 || failures.back()->event_id != event.id) return;

  Episode episode;
  episode.signal = SignalKind::kSubmitFailRepeat;
  episode.grade = failures.size() >= 3 ? Grade::kThrice : Grade::kTwice;
  episode.target = fact.form;
  episode.id = episode_id(episode.signal, episode.target, failures.front()->event_id);
  episode.at = event.occurred_at;
  for (const SubmitMark* m : failures) episode.rests_on.push_back(m->event_id);
  findings.raised.push_back({std::move(episode), true});
}

}  // namespace handrail::core
