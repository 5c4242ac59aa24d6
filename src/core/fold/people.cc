// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/experiment/outcomes.h"
#include "core/fold/folding.h"

// Who the visitor is, which person that is, and what was agreed to.
namespace handrail::core {

void Folding::take(const PersonDecision& decision) {
  if (!visitor_.profile.take(decision, policy())) {
    effects_.duplicate = true;
    return;
  }
  if (decision.user_id == visitor_.id) pass_on(decision);
}

void Folding::take(const Link& link) {
  auto& visitors = visitor_.person.visitors;
  if (link.visitor == visitor_.id || std::find(visitors.begin(), visitors.end(), link.visitor) != visitors.end()) {
    effects_.duplicate = true;
    return;
  }
  push_bounded(visitors, link.visitor, Person::kVisitorsMax);
  for (const PersonDecision& decision : visitor_.person.decisions) append_for(link.visitor, decision.at, decision);
  const auto& consent = visitor_.person.consent;
  if (consent && consent->from != link.visitor) append_for(link.visitor, consent->said.at, *consent);
}

void Folding::take(const PersonConsent& consent) {
  if (!hear(consent.said)) {
    effects_.duplicate = true;
    return;
  }
  if (consent.user_id == visitor_.id) pass_on(consent);
}

void Folding::take(const Erasure& erasure) {
  if (erasure.unless_seen_since && visitor_.journey.last_at > *erasure.unless_seen_since) {
    effects_.ignored = true;
    return;
  }
  effects_.erased = true;
  if (visitor_.has_live_offer()) end_live_offer(OfferState::kRetracted, "", now());
  if (visitor_.conversation && visitor_.conversation->state != ConversationState::kClosed) {
    effects_.conversation = visitor_.conversation;
    effects_.conversation->state = ConversationState::kClosed;
    effects_.conversation->closed_at = now();
    effects_.conversation->last_text.clear();
  }
  visitor_ = Visitor{};
}

void Folding::name_visitor(const Event& event) {
  if (!event.anonymous_id.empty()) visitor_.anonymous_id = event.anonymous_id;
  apply_identity(event);
}

void Folding::apply_identity(const Event& event) {
  const auto* identify = std::get_if<Identify>(&event.fact);
  const std::string& user = identify != nullptr ? identify->user_id : event.user_id;
  if (user.empty() || user == visitor_.profile.user_id) return;
  visitor_.profile.user_id = user;
  if (user != visitor_.id) append_for(user, now(), Link{visitor_.id});
  if (visitor_.profile.consent.at > 0) tell_the_person(visitor_.profile.consent);
}

bool Folding::has_refused_to_be_watched() const {
  return visitor_.profile.consent.consent.analytics == Agreement::kRefused;
}

void Folding::take_choice(const Event& event, const ConsentChoice& choice) {
  const DatedConsent said{visitor_.profile.consent.consent.with(choice.consent), event.occurred_at};
  visitor_.profile.asks_for_privacy = (event.flags & kFlagGpc) != 0;
  if (!hear(said)) {
    effects_.ignored = true;
    return;
  }
  if (visitor_.profile.user_id.empty()) {
    name_visitor(event);  // tells a person that thus comes to be known
  } else {
    tell_the_person(said);
  }
}

bool Folding::hear(const DatedConsent& said) {
  DatedConsent& known = visitor_.profile.consent;
  if (said.at < known.at || (said.at == known.at && said.consent == known.consent)) return false;
  known = said;
  if (has_refused_to_be_watched()) {
    stop_watching();
  } else if (said.consent.assistance == Agreement::kRefused && visitor_.has_live_offer()) {
    end_live_offer(OfferState::kRetracted, "the visitor refused help", now());
  }
  return true;
}

void Folding::stop_watching() {
  if (visitor_.has_live_offer()) end_live_offer(OfferState::kRetracted, "the visitor withdrew consent", now());
  Journey& journey = visitor_.journey;
  if (!journey.has_begun()) return;
  journey.outcome = ending_of(journey, OutcomeKind::kCensored);
  end_journey();
  journey = Journey{};
}

void Folding::tell_the_person(const DatedConsent& said) {
  const std::string& person = visitor_.profile.user_id;
  if (person.empty()) return;
  const PersonConsent consent{person, visitor_.id, said};
  if (person == visitor_.id) return pass_on(consent);
  append_for(person, now(), consent);
}

void Folding::pass_on(const PersonConsent& consent) {
  visitor_.person.consent = consent;
  for (const std::string& other : visitor_.person.visitors) {
    if (other != consent.from) append_for(other, now(), consent);
  }
}

void Folding::tell_the_person(AnswerKind kind, bool forever, UnixMillis at, InterventionId intervention) {
  if (visitor_.profile.user_id.empty()) return;
  PersonDecision decision{visitor_.profile.user_id, visitor_.id, kind, forever, at, intervention};
  if (visitor_.profile.user_id == visitor_.id) return pass_on(decision);
  append_for(visitor_.profile.user_id, at, decision);
}

void Folding::pass_on(const PersonDecision& decision) {
  push_bounded(visitor_.person.decisions, decision, Person::kDecisionsMax);
  for (const std::string& other : visitor_.person.visitors) {
    if (other != decision.from) append_for(other, decision.at, decision);
  }
}

void Folding::append_for(const std::string& visitor, UnixMillis at, RecordBody body) {
  effects_.appends.push_back({visitor_.site, visitor, at * 1000, 0, std::move(body)});
}

}  // namespace handrail::core
