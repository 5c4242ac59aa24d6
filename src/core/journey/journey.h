// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/experiment/exposure.h"
#include "core/journey/marks.h"
#include "core/journey/trail.h"
#include "core/risk/evidence.h"

namespace handrail::core {

// A risk kept for `persistent_risk`.
struct Assessment {
  UnixMillis at = 0;
  int risk = 0;
};
template <class A>
void fields(A& a, Assessment& s) {
  a(s.at, s.risk);
}

// How far a visitor came towards a declared goal.
struct GoalStep {
  std::string goal;
  std::string step;
  std::uint32_t place = 0;  // among the goal's steps
};
template <class A>
void fields(A& a, GoalStep& s) {
  a(s.goal, s.step, s.place);
}

// What a model said of a journey.
struct ExitRisk {
  UnixMillis at = 0;
  std::uint64_t model = 0;        // version that was served
  std::uint32_t probability = 0;  // of leaving without the goal, in 1/65536
  int score = 0;                  // 0-100
  bool served = false;            // its word counted; a shadow's does not
};
template <class A>
void fields(A& a, ExitRisk& r) {
  a(r.at, r.model, r.probability, r.score, r.served);
}

// What a provider's reading of the journey adds to the risk, or takes from it.
struct Advice {
  static constexpr int kPointsMax = 15;
  static constexpr Millis kHolds = kMinute;  // of log time, from the record on

  UnixMillis at = 0;
  int points = 0;

  int at_time(UnixMillis now) const { return now - at <= kHolds ? points : 0; }
};
template <class A>
void fields(A& a, Advice& x) {
  a(x.at, x.points);
}

// The ordered events of one visitor in one session, folded into small bounded state. Disposable.
struct Journey {
  static constexpr Millis kIdleEnd = 30 * kMinute;  // where no policy says another
  static constexpr Millis kLongestSpan = 12 * kHour;
  static constexpr std::size_t kValidFieldsMax = 64;
  static constexpr std::size_t kAssessmentsMax = 5;
  static constexpr std::size_t kExposuresMax = 8;      // later ones of the same journey are not recorded
  static constexpr Millis kPredictionHolds = kMinute;  // of log time, from the event it was asked after

  JourneyId id;
  UnixMillis started_at = 0;
  UnixMillis last_at = 0;  // log time of the newest event
  std::uint32_t events = 0;
  std::uint32_t pages = 0;
  std::uint32_t clicks = 0;
  std::uint32_t submits = 0;
  std::uint32_t failed_submits = 0;
  std::uint32_t progress = 0;
  std::uint32_t offers_displayed = 0;
  int highest_risk = 0;
  std::optional<UnixMillis> goal_at;
  bool degraded = false;  // a record of it could not be folded
  bool armed = true;      // the next rising edge may qualify
  std::string page;       // where the visitor is

  std::vector<EventDigest> recent;
  std::vector<ClickMark> click_window;
  std::vector<ValidationMark> validation_window;
  std::vector<SubmitMark> submit_window;
  std::vector<StepMark> steps;
  std::vector<std::uint64_t> valid_fields;  // hashes of fields that were valid once
  std::vector<Assessment> assessments;
  Evidence evidence;
  std::optional<GoalStep> furthest;
  std::optional<Outcome> outcome;
  std::vector<Exposure> exposures;
  std::optional<Trail> trail;          // where a model wants it
  std::vector<ExitRisk> exit_risks;    // of each model that is asked, as of the newest assessment
  std::optional<ExitRisk> predicted;   // an endpoint's word for the serving model: that on the newest event asked after
  std::uint32_t predicted_events = 0;  // of the journey by that event
  int highest_struggle = 0;
  std::optional<Analysis> analysis;   // the newest reading
  std::uint32_t answered_events = 0;  // of the journey by the newest reading that a provider answered
  std::optional<Advice> advice;
  Millis idle_end = kIdleEnd;  // by the policy that held when it began
  Millis longest_span = kLongestSpan;

  bool has_begun() const { return events > 0; }
  bool is_over(UnixMillis at) const { return at - last_at > idle_end || at - started_at > longest_span; }
  UnixMillis over_at() const;  // the first moment at which it is
  // What the model whose word counts said last: an endpoint for it, while that holds, else the model itself; nullptr:
  // neither did.
  const ExitRisk* served_risk(UnixMillis at) const;
  // The endpoint's word for that version, if it holds at `at`.
  const ExitRisk* prediction_for(std::uint64_t model, UnixMillis at) const;
  int advice_at(UnixMillis at) const { return advice ? advice->at_time(at) : 0; }
  bool has_open_exposure() const;  // whose outcome is not known yet

  // Counts the event and updates windows and digests. Signals are the detectors' business.
  void absorb(const Event& event, UnixMillis log_time);

  // Whether the field has not been valid in this journey before.
  bool is_first_validity(const std::string& field_key) const;
  // Whether the step lies beyond every step of its funnel so far.
  bool is_forward(const Step& step) const;
};
template <class A>
void fields(A& a, Journey& j) {
  a(j.id, j.started_at, j.last_at, j.events, j.pages, j.clicks, j.submits, j.failed_submits, j.progress,
    j.offers_displayed, j.highest_risk, j.goal_at, j.degraded, j.armed, j.page, j.recent, j.click_window,
    j.validation_window, j.submit_window, j.steps, j.valid_fields, j.assessments, j.evidence);
  if (a.since(3)) a(j.furthest, j.outcome, j.exposures);
  if (a.since(4)) a(j.trail, j.exit_risks, j.highest_struggle, j.idle_end, j.longest_span);
  if (a.since(5)) a(j.predicted, j.predicted_events);
  if (a.since(7)) a(j.analysis, j.answered_events, j.advice);
}

// What is kept of a journey for reading; also written when one ends.
struct JourneySummary {
  JourneyId id;
  UnixMillis started_at = 0;
  UnixMillis last_at = 0;
  std::optional<UnixMillis> ended_at;
  std::uint32_t events = 0;
  std::uint32_t pages = 0;
  std::uint32_t clicks = 0;
  std::uint32_t submits = 0;
  std::uint32_t failed_submits = 0;
  std::uint32_t progress = 0;
  int highest_risk = 0;
  std::optional<UnixMillis> goal_at;
  bool degraded = false;
  std::optional<Outcome> outcome;  // nothing yet: it goes on
};
template <class A>
void fields(A& a, JourneySummary& s) {
  a(s.id, s.started_at, s.last_at, s.ended_at, s.events, s.pages, s.clicks, s.submits, s.failed_submits, s.progress,
    s.highest_risk, s.goal_at, s.degraded);
  if (a.more()) a(s.outcome);
}
JourneySummary summary_of(const Journey& journey);

}  // namespace handrail::core
