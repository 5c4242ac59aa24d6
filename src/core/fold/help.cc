// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/fold/folding.h"

// From signals to help: episodes, the decision, the offer, the conversation.
namespace handrail::core {
namespace {

SignalState state_of(Grade grade) {
  return grade == Grade::kProvisional ? SignalState::kProvisional : SignalState::kConfirmed;
}

}  // namespace

void Folding::settle_decline() {
  const UnsettledDecline decline = *visitor_.profile.unsettled;
  visitor_.profile.unsettled.reset();
  visitor_.deadlines.decline_settles.reset();
  visitor_.profile.remember_decline(decline.at, decline.forever, policy());
  tell_the_person(AnswerKind::kDismissed, decline.forever, decline.at, decline.intervention);
}

void Folding::tell_unanswered(UnixMillis due) {
  auto& conversation = visitor_.conversation;
  visitor_.deadlines.unanswered.reset();
  conversation->unanswered = true;
  effects_.conversation = *conversation;
  const std::string message_id = "unanswered-" + conversation->id.hex().substr(0, 12);
  effects_.messages.push_back(
      {conversation->id, message_id, ChatEvent::kUnanswered, ChatAuthor::kSystem, "", "", due, logged_.offset});
}

void Folding::take(const Answer& answer) {
  if (!visitor_.offer || visitor_.offer->id != answer.intervention) return;
  const bool was_displayed = visitor_.offer->displayed_at.has_value();
  if (!apply_answer(*visitor_.offer, visitor_.profile, answer, now(), policy())) return;
  if (!was_displayed && visitor_.offer->displayed_at) {
    ++visitor_.journey.offers_displayed;
    note_displayed(visitor_.offer->decision);
    tell_the_person(AnswerKind::kDisplayed, false, now(), answer.intervention);
  }
  if (visitor_.offer->state == OfferState::kSnoozed)
    tell_the_person(AnswerKind::kSnoozed, false, now(), answer.intervention);
  effects_.interventions.push_back(*visitor_.offer);
}

void Folding::take(const Chat& chat) {
  if (!apply_chat(visitor_.conversation, chat, now())) {
    effects_.duplicate = true;
    return;
  }
  if (chat.event == ChatEvent::kOpened) name_conversation(*visitor_.conversation);
  effects_.conversation = *visitor_.conversation;
  effects_.messages.push_back(message_of(chat, now(), logged_.offset));
}

void Folding::close_exposures(const Outcome& outcome) {
  for (Exposure& exposure : visitor_.journey.exposures) {
    if (exposure.outcome) continue;
    exposure.outcome = outcome;
    exposure.may_train = visitor_.profile.may_train(rules_->privacy);
    effects_.exposures.push_back(exposure);
  }
}

void Folding::note_displayed(DecisionId decision) {
  for (Exposure& exposure : visitor_.journey.exposures) {
    if (exposure.decision != decision) continue;
    exposure.displayed_at = now();
    effects_.exposures.push_back(exposure);
  }
}

Arm Folding::drawn_arm() {
  if (visitor_.drawn_as.empty())
    visitor_.drawn_as = visitor_.profile.user_id.empty() ? visitor_.id : visitor_.profile.user_id;
  return arm_of(visitor_.site, visitor_.drawn_as, policy().holdout_percent);
}

void Folding::expose(const Decision& decision) {
  auto& exposures = visitor_.journey.exposures;
  if (!decision.arm || exposures.size() == Journey::kExposuresMax) return;
  exposures.push_back({decision.id, decision.site, decision.visitor, decision.journey, decision.at, *decision.arm,
                       decision.help_percent, decision.rules, decision.risk,
                       visitor_.profile.may_train(rules_->privacy), std::nullopt, std::nullopt});
  effects_.exposures.push_back(exposures.back());
}

bool Folding::raise(Findings::Raised& raised) {
  Evidence& evidence = visitor_.journey.evidence;
  const Episode* known = evidence.find(raised.episode.id);
  raised.episode.began = known != nullptr ? known->began : logged_.offset;
  if (!evidence.raise(raised.episode, raised.anew, *weights_)) return false;
  effects_.signals.push_back({raised.episode, state_of(raised.episode.grade), visitor_.journey.id, stamp_});
  return true;
}

void Folding::retract(EpisodeId id) {
  Evidence& evidence = visitor_.journey.evidence;
  const Episode* known = evidence.find(id);
  if (known == nullptr) return;
  effects_.signals.push_back({*known, SignalState::kRetracted, visitor_.journey.id, stamp_});
  evidence.retract(id);
  retract_offer_if_unfounded();
}

void Folding::retract_offer_if_unfounded() {
  if (!visitor_.offer || visitor_.offer->state != OfferState::kPending) return;
  const int then = struggle(visitor_.journey.evidence, visitor_.offer->made_at, *weights_);
  const int bar = visitor_.offer->trigger == Trigger::kRisingEdge ? policy().qualify_risk : policy().persistent_risk;
  const int advice = visitor_.journey.advice_at(visitor_.offer->made_at);
  if (risk(then, model_score(), advice) >= bar && then >= policy().qualify_struggle) return;
  end_live_offer(OfferState::kRetracted, "what it rested on turned out not to be trouble", now());
}

void Folding::rearm_if_calm(UnixMillis at) {
  if (!visitor_.journey.armed && risk_at(at) < policy().rearm_risk) visitor_.journey.armed = true;
}

void Folding::assess(bool stronger, int risk_now) {
  auto& assessments = visitor_.journey.assessments;
  if (!stronger || (!assessments.empty() && now() - assessments.back().at < policy().assessment_gap)) return;
  push_bounded(assessments, Assessment{now(), risk_now}, Journey::kAssessmentsMax);
}

std::optional<Trigger> Folding::trigger(int risk_now, int struggle) const {
  const Journey& journey = visitor_.journey;
  if (!journey.armed || struggle < policy().qualify_struggle) return std::nullopt;
  if (risk_now >= policy().qualify_risk) return Trigger::kRisingEdge;
  const auto high = std::count_if(journey.assessments.begin(), journey.assessments.end(),
                                  [&](const Assessment& a) { return a.risk >= policy().persistent_risk; });
  if (high >= policy().persistent_count) return Trigger::kPersistentRisk;
  return std::nullopt;
}

void Folding::qualify(const std::string& cause, Millis late_by, int risk_now) {
  const auto why = trigger(risk_now, struggle_now());
  if (!why) return;
  visitor_.journey.armed = false;
  const DecisionInput input{policy(),
                            *weights_,
                            stamp_,
                            rules_->privacy,
                            drawn_arm(),
                            visitor_.profile,
                            visitor_.journey,
                            visitor_.offer,
                            context_.control.agents_available(visitor_.site, now()),
                            visitor_.site,
                            visitor_.id,
                            cause,
                            now(),
                            late_by,
                            *why,
                            risk_now,
                            struggle_now()};
  Decision decision = decide(input);
  explain(decision);
  if (decision.offered) {
    visitor_.offer = offer_of(input, decision);
    effects_.interventions.push_back(*visitor_.offer);
  }
  expose(decision);
  effects_.decisions.push_back(std::move(decision));
}

void Folding::end_live_offer(OfferState state, std::string reason, UnixMillis at) {
  end_offer(*visitor_.offer, state, std::move(reason), at);
  effects_.interventions.push_back(*visitor_.offer);
}

void Folding::name_conversation(Conversation& conversation) const {
  conversation.site = visitor_.site;
  conversation.visitor = visitor_.id;
  if (!visitor_.offer || visitor_.offer->id != conversation.intervention) return;
  conversation.decision = visitor_.offer->decision;
  conversation.risk_at_offer = visitor_.offer->risk;
  conversation.words = visitor_.offer->words;
}

}  // namespace handrail::core
