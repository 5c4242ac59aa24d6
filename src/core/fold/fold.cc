// SPDX-License-Identifier: Apache-2.0
#include "core/fold/fold.h"

#include <algorithm>
#include <array>

#include "core/experiment/outcomes.h"
#include "core/fold/folding.h"

namespace handrail::core {

void Folding::run() {
  const UnixMillis now = std::max(visitor_.log_time, logged_.record.received_at / 1000);
  act_on_deadlines(now);
  hold_rules_of(now);
  visitor_.log_time = now;
  visitor_.note_activity(logged_.offset, now);
  rearm_if_calm(now);
  std::visit([this](const auto& body) { take(body); }, logged_.record.body);
  set_deadlines();
  effects_.struggle = struggle_now();
  effects_.risk = risk_of(effects_.struggle);
}

void Folding::hold_rules_of(UnixMillis at) {
  const auto published = context_.control.rules().at(visitor_.site, at);
  rules_ = published ? &published->rules : &context_.rules;
  weights_ = published ? &published->weights : &catalogue_weights();
  stamp_ = published ? published->stamp : RulesStamp{};
  roster_ = &context_.control.models().at(visitor_.site, at);
  serving_.reset();
}

void Folding::act_on_deadlines(UnixMillis until) {
  while (const auto due = next_due(visitor_)) {
    if (*due > until) return;
    hold_rules_of(*due);
    act_at(*due);
  }
}

void Folding::set_deadlines() {
  auto& settles = visitor_.deadlines.decline_settles;
  const auto& unsettled = visitor_.profile.unsettled;
  if (!unsettled) {
    settles.reset();
  } else if (!settles || unsettled->at == now()) {
    settles = unsettled->at + policy().answer_settles;
  }
  auto& unanswered = visitor_.deadlines.unanswered;
  const auto& conversation = visitor_.conversation;
  if (!conversation || !conversation->awaits_answer()) {
    unanswered.reset();
  } else if (!unanswered) {
    unanswered = conversation->opened_at + policy().unanswered_after;
  }
}

void Folding::act_at(UnixMillis due) {
  if (is_due(visitor_.deadlines.decline_settles, due)) settle_decline();
  if (visitor_.offer && visitor_.offer->state == OfferState::kPending && visitor_.offer->expires_at <= due) {
    end_live_offer(OfferState::kExpired, "not displayed in time", due);
  }
  if (visitor_.offer && visitor_.offer->state == OfferState::kDisplayed && visitor_.journey.is_over(due)) {
    end_live_offer(OfferState::kExpired, "the journey ended without an answer", due);
  }
  if (visitor_.journey.has_open_exposure() && visitor_.journey.is_over(due))
    close_exposures(ending_of(visitor_.journey));
  if (is_due(visitor_.deadlines.unanswered, due)) tell_unanswered(due);
}

void Folding::take(const Event& event) {
  if (is_repeat(event)) {
    effects_.duplicate = true;
    return;
  }
  if (const auto* choice = std::get_if<ConsentChoice>(&event.fact)) return take_choice(event, *choice);
  if ((event.flags & kFlagLate) != 0 || has_refused_to_be_watched()) {
    effects_.ignored = true;
    return;
  }
  visitor_.profile.asks_for_privacy = (event.flags & kFlagGpc) != 0;
  begin_journey_if_needed(event);
  name_visitor(event);
  const bool stronger = fold_into_journey(event);
  visitor_.journey.highest_struggle = std::max(visitor_.journey.highest_struggle, struggle_now());
  ask_models(event);
  const int risk_now = risk_of(struggle_now());
  visitor_.journey.highest_risk = std::max(visitor_.journey.highest_risk, risk_now);
  assess(stronger, risk_now);
  qualify(event.id, logged_.record.received_at / 1000 - event.occurred_at, risk_now);
  read_hard_case(event, stronger, risk_now);
}

bool Folding::is_repeat(const Event& event) {
  if (event.tab_id.empty()) return context_.foreign_duplicate;
  const std::uint64_t tab = hash64(event.tab_id);
  auto known =
      std::find_if(visitor_.tabs.begin(), visitor_.tabs.end(), [&](const TabWatermark& w) { return w.tab == tab; });
  if (known == visitor_.tabs.end()) {
    push_bounded(visitor_.tabs, TabWatermark{tab}, TabWatermark::kTabsMax);
    known = visitor_.tabs.end() - 1;
  }
  return !known->first_time(event.seq);
}

void Folding::begin_journey_if_needed(const Event& event) {
  Journey& journey = visitor_.journey;
  if (journey.has_begun() && !journey.is_over(now())) return;
  if (journey.has_begun()) {
    if (!journey.outcome) journey.outcome = ending_of(journey);
    end_journey();
  }
  if (visitor_.has_live_offer()) end_live_offer(OfferState::kExpired, "the journey ended", now());
  journey = Journey{};
  journey.id = JourneyId{id_of({"journey", visitor_.site, visitor_.id, event.id})};
  journey.started_at = now();
  journey.idle_end = policy().journey_idle;
  journey.longest_span = policy().journey_longest;
  ++visitor_.profile.journeys;
  begin_trail();
}

void Folding::end_journey() {
  Journey& journey = visitor_.journey;
  const bool is_censored = journey.outcome->kind == OutcomeKind::kCensored;
  close_exposures(is_censored ? *journey.outcome : ending_of(journey));
  remember_ended(*journey.outcome);
  if (context_.watch != nullptr && journey.outcome->kind != OutcomeKind::kGoal)
    context_.watch->on_outcome(visitor_, *journey.outcome);
  JourneySummary ended = summary_of(journey);
  ended.ended_at = journey.last_at;
  effects_.ended_journey = ended;
}

bool Folding::fold_into_journey(const Event& event) {
  Journey& journey = visitor_.journey;
  if (is_progress(journey, event)) note_progress(event.occurred_at);
  if (const auto* goal = std::get_if<Goal>(&event.fact)) note_goal(*goal, event.occurred_at);
  if (const auto* step = std::get_if<Step>(&event.fact)) note_step(journey, rules_->goals, *step);
  if (std::holds_alternative<ExitIntent>(event.fact)) journey.evidence.exit_intent_at = event.occurred_at;
  journey.absorb(event, now());
  follow(event);
  if (context_.watch != nullptr) context_.watch->on_event(visitor_, event);
  static thread_local Findings findings;  // reused, so that the common event allocates nothing
  findings.clear();
  run_detectors(journey, event, findings);
  for (EpisodeId id : findings.retracted) retract(id);
  bool stronger = false;
  for (Findings::Raised& raised : findings.raised) stronger |= raise(raised);
  return stronger;
}

void Folding::note_progress(UnixMillis at) {
  ++visitor_.journey.progress;
  visitor_.journey.evidence.add_progress(at);
  effects_.progress = true;
  if (visitor_.offer && visitor_.offer->state == OfferState::kPending) {
    end_live_offer(OfferState::kRetracted, "the visitor made progress", now());
  }
}

void Folding::note_goal(const Goal& goal, UnixMillis at) {
  visitor_.journey.evidence.reach_goal(at);
  if (counts(rules_->goals, goal.name)) {
    const bool is_first = !visitor_.journey.outcome;
    visitor_.journey.outcome = outcome_of(visitor_.journey, goal, at);
    if (is_first && context_.watch != nullptr) context_.watch->on_outcome(visitor_, *visitor_.journey.outcome);
    close_exposures(*visitor_.journey.outcome);
  }
  effects_.progress = true;
  if (visitor_.offer && visitor_.offer->state == OfferState::kPending) {
    end_live_offer(OfferState::kRetracted, "the visitor reached the goal", now());
  }
}

std::string_view name_of(SignalState state) {
  static constexpr std::array<std::string_view, 3> kNames = {"provisional", "confirmed", "retracted"};
  return kNames[static_cast<std::size_t>(state)];
}

void fold(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects) {
  effects.clear();
  if (logged.offset < visitor.next_offset) {
    effects.duplicate = true;
    return;
  }
  if (visitor.id.empty()) {
    visitor.next_offset = logged.offset + 1;
    // What is said of somebody who was forgotten meanwhile brings nobody back.
    if (std::holds_alternative<Prediction>(logged.record.body) || std::holds_alternative<Analysis>(logged.record.body))
      return;
    visitor.site = logged.record.site;
    visitor.id = logged.record.visitor;
  }
  Folding{context, visitor, logged, effects}.run();
  visitor.next_offset = logged.offset + 1;
}

}  // namespace handrail::core
