// SPDX-License-Identifier: Apache-2.0
#include "core/journey/journey.h"

#include <algorithm>

namespace handrail::core {
namespace {

constexpr Millis kSameValidation = 700;  // a blur and the submit that caused it, or a double press, count once

ClickMark* find_click(std::vector<ClickMark>& window, std::uint64_t tab, std::uint64_t click) {
  const auto found = std::find_if(window.rbegin(), window.rend(),
                                  [&](const ClickMark& m) { return m.tab == tab && m.click == click; });
  return found == window.rend() ? nullptr : &*found;
}

void take_outcome(ClickMark& mark, const ClickOutcome& outcome) {
  if (outcome.after < mark.watched) return;  // the last replaces the earlier
  mark.reaction = outcome.reaction;
  mark.watched = outcome.after;
  mark.error = mark.error || outcome.error;
}

// A mark for each kind of fact that has a window.
struct Absorber {
  Journey& journey;
  const Event& event;

  void operator()(const PageView& fact) const {
    ++journey.pages;
    journey.page = fact.page;
  }
  void operator()(const Click& fact) const {
    ++journey.clicks;
    ClickMark mark{event.id, hash64(event.tab_id), fact.click, fact.key,      fact.x,
                   fact.y,   event.occurred_at,    event.mono, fact.disabled, fact.excuses};
    if (fact.outcome) take_outcome(mark, *fact.outcome);
    push_bounded(journey.click_window, std::move(mark), ClickMark::kWindow);
  }
  void operator()(const ClickOutcome& fact) const {
    if (ClickMark* mark = find_click(journey.click_window, hash64(event.tab_id), fact.click)) take_outcome(*mark, fact);
  }
  void operator()(const Field& fact) const {
    if (fact.validity != Validity::kValid || !fact.changed || fact.empty || !journey.is_first_validity(fact.key))
      return;
    push_bounded(journey.valid_fields, hash64(fact.key), Journey::kValidFieldsMax);
  }
  void operator()(const Validation& fact) const {
    // While typing a field is bound to be invalid; leaving an untouched one is looking around.
    if (fact.moment == ValidationMoment::kInput || (fact.moment == ValidationMoment::kBlur && fact.empty)) return;
    const auto& window = journey.validation_window;
    const bool same = std::any_of(window.begin(), window.end(), [&](const ValidationMark& m) {
      return m.key == fact.key && event.occurred_at - m.at < kSameValidation;
    });
    if (same) return;
    push_bounded(journey.validation_window, {event.id, fact.key, fact.form, event.occurred_at},
                 ValidationMark::kWindow);
  }
  void operator()(const Submit& fact) const {
    ++journey.submits;
    if (fact.result == SubmitResult::kInvalid || fact.result == SubmitResult::kFailed) ++journey.failed_submits;
    push_bounded(journey.submit_window, {event.id, fact.form, fact.result, event.occurred_at}, SubmitMark::kWindow);
  }
  void operator()(const Step& fact) const {
    push_bounded(journey.steps, {fact.funnel, fact.step, fact.index}, StepMark::kWindow);
  }
  void operator()(const Goal&) const { journey.goal_at = event.occurred_at; }
  template <class Other>
  void operator()(const Other&) const {}
};

struct Digester {
  EventDigest& digest;

  void set(std::string_view target, std::uint64_t detail = 0) const {
    digest.set_target(target);
    digest.detail = static_cast<std::uint8_t>(detail);
  }
  void operator()(const PageView& f) const { set(f.page); }
  void operator()(const Click& f) const { set(f.key, f.outcome ? static_cast<std::uint64_t>(f.outcome->reaction) : 0); }
  void operator()(const ClickOutcome& f) const { set({}, static_cast<std::uint64_t>(f.reaction)); }
  void operator()(const Field& f) const { set(f.key, static_cast<std::uint64_t>(f.phase)); }
  void operator()(const Validation& f) const { set(f.key, static_cast<std::uint64_t>(f.moment)); }
  void operator()(const Submit& f) const { set(f.form, static_cast<std::uint64_t>(f.result)); }
  void operator()(const Step& f) const { set(f.step); }
  void operator()(const DeclaredProgress& f) const { set(f.name); }
  void operator()(const Goal& f) const { set(f.name); }
  void operator()(const AppStruggle& f) const { set(f.feature, static_cast<std::uint64_t>(f.attempts)); }
  void operator()(const Visibility& f) const { set({}, f.visible ? 1 : 0); }
  void operator()(const ExitIntent&) const {}
  void operator()(const Identify&) const {}
  void operator()(const ConsentChoice&) const {}
  void operator()(const Custom&) const {}
};

EventDigest digest_of(const Event& event) {
  EventDigest digest;
  digest.at = event.occurred_at;
  digest.kind = kind_of(event.fact);
  digest.set_target(event.type);  // what a custom event is called; facts put their own target over it
  std::visit(Digester{digest}, event.fact);
  return digest;
}

}  // namespace

Millis gap_between(const ClickMark& earlier, const ClickMark& later) {
  const bool one_clock = earlier.tab == later.tab && earlier.mono && later.mono;
  const Millis gap = one_clock ? *later.mono - *earlier.mono : later.at - earlier.at;
  return std::max<Millis>(gap, 0);
}

void EventDigest::set_target(std::string_view text) {
  target.fill('\0');
  std::copy_n(text.begin(), std::min(text.size(), kTargetBytes), target.begin());
}

std::string_view EventDigest::target_text() const {
  const auto end = std::find(target.begin(), target.end(), '\0');
  return {target.data(), static_cast<std::size_t>(end - target.begin())};
}

void Journey::absorb(const Event& event, UnixMillis log_time) {
  ++events;
  last_at = std::max(last_at, log_time);
  std::visit(Absorber{*this, event}, event.fact);
  push_bounded(recent, digest_of(event), EventDigest::kWindow);
}

UnixMillis Journey::over_at() const { return std::min(last_at + idle_end, started_at + longest_span) + 1; }

const ExitRisk* Journey::served_risk(UnixMillis at) const {
  const auto served = std::find_if(exit_risks.begin(), exit_risks.end(), [](const ExitRisk& r) { return r.served; });
  if (served == exit_risks.end()) return nullptr;
  const ExitRisk* predicted_then = prediction_for(served->model, at);
  return predicted_then != nullptr ? predicted_then : &*served;
}

const ExitRisk* Journey::prediction_for(std::uint64_t model, UnixMillis at) const {
  const bool holds = predicted && predicted->model == model && !outcome && at - predicted->at <= kPredictionHolds;
  return holds ? &*predicted : nullptr;
}

bool Journey::has_open_exposure() const {
  return std::any_of(exposures.begin(), exposures.end(), [](const Exposure& e) { return !e.outcome; });
}

bool Journey::is_first_validity(const std::string& field_key) const {
  return std::find(valid_fields.begin(), valid_fields.end(), hash64(field_key)) == valid_fields.end();
}

bool Journey::is_forward(const Step& step) const {
  return std::none_of(steps.begin(), steps.end(), [&](const StepMark& known) {
    if (known.funnel != step.funnel) return false;
    if (step.index && known.index) return *known.index >= *step.index;
    return known.step == step.step;
  });
}

JourneySummary summary_of(const Journey& j) {
  return {j.id,      j.started_at,     j.last_at,  std::nullopt,   j.events,  j.pages,    j.clicks,
          j.submits, j.failed_submits, j.progress, j.highest_risk, j.goal_at, j.degraded, j.outcome};
}

}  // namespace handrail::core
