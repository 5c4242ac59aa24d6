// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/digest.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/archive.h"
#include "base/bounded.h"
#include "core/risk/struggle.h"

namespace handrail::core {
namespace {

constexpr std::int64_t kSecondsMax = kDay / kSecond;

std::int64_t seconds(Millis span) { return std::clamp<std::int64_t>(span / kSecond, 0, kSecondsMax); }

// Names for what events and signals are about: the site's own where it declared them, else T1, T2 ... in the order in
// which they come up. A journey keeps the first bytes of a name only.
class Names {
 public:
  Names(const std::vector<DeclaredGoal>& goals, const AnalystRules& rules) {
    for (const DeclaredGoal& goal : goals) {
      declare(goal.name);
      for (const std::string& step : goal.steps) declare(step);
    }
    for (const std::string& feature : rules.features) declare(feature);
  }

  std::string of(std::string_view target) {
    if (target.empty()) return {};
    for (const std::string_view name : declared_)
      if (cut_utf8(name, EventDigest::kTargetBytes) == cut_utf8(target, EventDigest::kTargetBytes))
        return std::string(name);
    const std::string kept(cut_utf8(target, EventDigest::kTargetBytes));
    auto known = std::ranges::find(aliased_, kept);
    if (known == aliased_.end()) known = aliased_.insert(aliased_.end(), kept);
    return "T" + std::to_string(known - aliased_.begin() + 1);
  }

 private:
  void declare(std::string_view name) {
    if (!name.empty()) declared_.push_back(name);
  }

  std::vector<std::string_view> declared_;
  std::vector<std::string> aliased_;
};

std::string_view detail_of(const EventDigest& event) {
  static constexpr std::array<std::string_view, 4> kResults = {"ok", "invalid", "failed", "unknown"};
  static constexpr std::array<std::string_view, 3> kReactions = {"", "no_reaction", "reacted"};
  static constexpr std::array<std::string_view, 3> kPhases = {"entered", "left", "changed"};
  const auto in = [&](const auto& words) { return event.detail < words.size() ? words[event.detail] : ""; };
  switch (event.kind) {
    case FactKind::kSubmit:
      return in(kResults);
    case FactKind::kClick:
    case FactKind::kClickOutcome:
      return in(kReactions);
    case FactKind::kField:
      return in(kPhases);
    case FactKind::kValidation:
      return "invalid";
    case FactKind::kVisibility:
      return event.detail == 0 ? "hidden" : "visible";
    default:
      return {};
  }
}

// What a journey keeps of a move towards leaving is what it is called, and no more.
std::string_view target_of(const EventDigest& event) {
  return event.kind == FactKind::kExitIntent ? std::string_view{} : event.target_text();
}

// Of identity and consent nothing is told.
bool is_told(const EventDigest& event) { return event.kind != FactKind::kIdentify && event.kind != FactKind::kConsent; }

std::vector<DigestEvent> events_in(const Journey& journey, Names& names) {
  std::vector<DigestEvent> events;
  UnixMillis before = 0;
  for (const EventDigest& event : journey.recent) {
    if (!is_told(event)) continue;
    const std::int64_t gap = before == 0 ? 0 : seconds(event.at - before);
    before = event.at;
    events.push_back({event.kind, detail_of(event), gap, names.of(target_of(event))});
  }
  return events;
}

std::vector<DigestSignal> signals_in(const DigestInput& in, Names& names) {
  std::vector<DigestSignal> signals;
  for (const Contribution& one : contributions(in.journey.evidence, in.at, in.weights))
    signals.push_back({one.signal, one.grade, names.of(one.target), seconds(in.at - one.at), one.points});
  return signals;
}

std::int64_t count_of(const Journey& journey, auto&& is_one) { return std::ranges::count_if(journey.recent, is_one); }

std::int64_t episodes_of(const Journey& journey, SignalKind kind) {
  return std::ranges::count(journey.evidence.episodes, kind, &Episode::signal);
}

std::int64_t returns_in(const Journey& journey) {
  std::vector<std::string_view> seen;
  std::int64_t returns = 0;
  for (const EventDigest& event : journey.recent) {
    if (event.kind != FactKind::kPageView) continue;
    const std::string_view page = event.target_text();
    if (!seen.empty() && seen.back() == page) continue;  // viewed anew, not come back to
    returns += std::ranges::find(seen, page) != seen.end() ? 1 : 0;
    seen.push_back(page);
  }
  return returns;
}

Millis longest_pause(const Journey& journey) {
  Millis longest = 0;
  for (std::size_t i = 1; i < journey.recent.size(); ++i)
    longest = std::max(longest, journey.recent[i].at - journey.recent[i - 1].at);
  return longest;
}

// Custom events and the app's own words are about features.
bool is_of_feature(const EventDigest& event) {
  return event.kind == FactKind::kCustom || event.kind == FactKind::kAppStruggle || event.kind == FactKind::kProgress;
}

// As long as the server has known it, or as long as its newest events say, whichever is longer: some come at once.
Millis time_spent(const DigestInput& in) {
  const auto& recent = in.journey.recent;
  const Millis told = recent.empty() ? 0 : recent.back().at - recent.front().at;
  return std::max(in.at - in.journey.started_at, told);
}

std::int64_t features_in(const Journey& journey) {
  std::set<std::string_view> features;
  for (const EventDigest& event : journey.recent)
    if (is_of_feature(event)) features.insert(event.target_text());
  return static_cast<std::int64_t>(features.size());
}

std::int64_t attempts_in(const Journey& journey) {
  std::int64_t most = 0;
  for (const EventDigest& event : journey.recent)
    if (event.kind == FactKind::kAppStruggle) most = std::max<std::int64_t>(most, event.detail);
  return most;
}

std::optional<std::int64_t> completion_of(const DigestInput& in) {
  if (in.journey.outcome && in.journey.outcome->kind == OutcomeKind::kGoal) return 100;
  if (!in.journey.furthest) return std::nullopt;
  const auto goal = std::ranges::find(in.goals, in.journey.furthest->goal, &DeclaredGoal::name);
  if (goal == in.goals.end() || goal->steps.empty()) return std::nullopt;
  const auto taken = static_cast<std::int64_t>(in.journey.furthest->place) + 1;
  return std::min<std::int64_t>(taken * 100 / static_cast<std::int64_t>(goal->steps.size()), 100);
}

std::vector<DigestFact> facts_in(const DigestInput& in) {
  using enum FactName;
  const Journey& j = in.journey;
  std::vector<DigestFact> facts{
      {kSecondsSpent, seconds(time_spent(in))},
      {kEvents, j.events},
      {kPages, j.pages},
      {kPageReturns, returns_in(j)},
      {kClicks, j.clicks},
      {kRageClicks, episodes_of(j, SignalKind::kRageClick)},
      {kDeadClicks, episodes_of(j, SignalKind::kDeadClick)},
      {kFieldsCompleted, static_cast<std::int64_t>(j.valid_fields.size())},
      {kFieldErrors, static_cast<std::int64_t>(j.validation_window.size())},
      {kSubmits, j.submits},
      {kFailedSubmits, j.failed_submits},
      {kAttempts, attempts_in(j)},
      {kScriptErrors, std::ranges::count(j.click_window, true, &ClickMark::error)},
      {kExitIntents, count_of(j, [](const EventDigest& e) { return e.kind == FactKind::kExitIntent; })},
      {kTimesHidden,
       count_of(j, [](const EventDigest& e) { return e.kind == FactKind::kVisibility && e.detail == 0; })},
      {kLongestPause, seconds(longest_pause(j))},
      {kProgress, j.progress},
      {kGoalReached, j.outcome && j.outcome->kind == OutcomeKind::kGoal ? 1 : 0},
  };
  if (const auto completion = completion_of(in)) facts.push_back({kCompletion, *completion});
  facts.push_back({kFeaturesUsed, features_in(j)});
  facts.push_back({kOffersDisplayed, j.offers_displayed});
  facts.push_back({kJourneysBefore, std::max<std::int64_t>(std::int64_t{in.profile.journeys} - 1, 0)});
  facts.push_back({kStruggle, in.struggle});
  if (in.model_score) facts.push_back({kModelScore, *in.model_score});
  return facts;
}

std::vector<std::string> reasons_in(const DigestInput& in) {
  std::vector<std::string> reasons;
  if (in.reasons == nullptr) return reasons;
  // A column of a declared property, or of the site's event type, has a name of the site's: those of this program say
  // enough.
  const auto is_own = [](const std::string& column) {
    return column.starts_with("family:") || column.find_first_of(":.=[") == std::string::npos;
  };
  for (const Reason& reason : *in.reasons)
    if (reason.millis > 0 && is_own(reason.feature)) reasons.push_back(reason.feature);
  return reasons;
}

}  // namespace

std::optional<std::int64_t> Digest::value_of(FactName name) const {
  const auto found = std::ranges::find(facts, name, &DigestFact::name);
  return found == facts.end() ? std::nullopt : std::optional(found->value);
}

Digest digest_of(const DigestInput& in) {
  Names names{in.goals, in.rules};
  Digest digest;
  digest.facts = facts_in(in);
  digest.events = events_in(in.journey, names);
  digest.signals = signals_in(in, names);
  digest.reasons = reasons_in(in);
  digest.base = std::max(in.struggle, in.model_score.value_or(0));
  return digest;
}

Id128 likeness_of(const Digest& digest, const AnalystRules& rules) {
  std::string text;
  const auto add = [&text](std::string_view part) { text.append(part).push_back('\n'); };
  for (const DigestFact& fact : digest.facts) {
    add(name_of(fact.name));
    add(std::to_string(quantised(fact)));
  }
  for (const DigestEvent& event : digest.events) {
    add(word_of(event.kind));
    add(event.detail);
    add(event.target);
  }
  for (const DigestSignal& signal : digest.signals) {
    add(name_of(signal.signal));
    add(name_of(signal.grade));
    add(signal.target);
  }
  for (const std::string& reason : digest.reasons) add(reason);
  return id_of({text, archived(rules)});
}

std::string_view word_of(FactKind kind) {
  static constexpr std::array<std::string_view, kFactKinds> kWords = {
      "custom",     "page_view", "click",    "click_outcome", "field",    "validation",   "submit", "exit_intent",
      "visibility", "step",      "progress", "goal",          "identify", "app_struggle", "consent"};
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace handrail::core
