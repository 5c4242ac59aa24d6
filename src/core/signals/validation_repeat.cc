// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "core/signals/detector.h"

namespace handrail::core {
namespace {

// The same field invalid again at blur or submit within 120 s, or three fields after a failed submit. What was found
// while typing, or in an untouched field, is not in the journey's window.
constexpr Millis kWithin = 120 * kSecond;
constexpr std::size_t kFieldsAfterSubmit = 3;

std::vector<const ValidationMark*> marks_of(const Journey& journey, std::string_view key, UnixMillis now) {
  std::vector<const ValidationMark*> marks;
  for (const ValidationMark& m : journey.validation_window) {
    if (m.key == key && now - m.at <= kWithin) marks.push_back(&m);
  }
  return marks;
}

std::size_t fields_after_failed_submit(const Journey& journey, UnixMillis now) {
  const auto failed = std::find_if(
      journey.submit_window.rbegin(), journey.submit_window.rend(),
      [](const SubmitMark& s) { return s.result == SubmitResult::kInvalid || s.result == SubmitResult::kFailed; });
  if (failed == journey.submit_window.rend()) return 0;
  std::set<std::string_view> keys;
  for (const ValidationMark& m : journey.validation_window) {
    if (m.at > failed->at && now - m.at <= kWithin) keys.insert(m.key);
  }
  return keys.size();
}

}  // namespace

void detect_validation_repeat(const Journey& journey, const Event& event, Findings& findings) {
  // Only a validation that was counted can raise anything: it is the newest mark.
  if (journey.validation_window.empty() || journey.validation_window.back().event_id != event.id) return;
  const auto& fact = std::get<Validation>(event.fact);
  const auto marks = marks_of(journey, fact.key, event.occurred_at);
  const bool many_fields = fields_after_failed_submit(journey, event.occurred_at) >= kFieldsAfterSubmit;
  if (marks.size() < 2 && !many_fields) return;

  Episode episode;
  episode.signal = SignalKind::kValidationRepeat;
  episode.grade = marks.size() >= 3 || many_fields ? Grade::kThrice : Grade::kTwice;
  episode.target = fact.key;
  episode.id = episode_id(episode.signal, episode.target, marks.front()->event_id);
  episode.at = event.occurred_at;
  for (const ValidationMark* m : marks) {
    if (episode.rests_on.size() < Evidence::kRestsOnMax) episode.rests_on.push_back(m->event_id);
  }
  findings.raised.push_back({std::move(episode), true});
}

}  // namespace handrail::core
