// SPDX-License-Identifier: Apache-2.0
#include "core/fold/fold.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "core/signals/detector.h"

namespace handrail::core {
namespace {

SignalState state_of(Grade grade) {
  return grade == Grade::kProvisional ? SignalState::kProvisional : SignalState::kConfirmed;
}

// One record's way through the visitor's state.
class Folding {
 public:
  Folding(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects)
      : context_(context), visitor_(visitor), logged_(logged), effects_(effects) {}

  void run() {
    const UnixMillis now = std::max(visitor_.log_time, logged_.record.received_at / 1000);
    act_on_deadlines(now);
    hold_rules_of(now);
    visitor_.log_time = now;
    visitor_.note_activity(logged_.offset, now);
    rearm_if_calm(now);
    std::visit([this](const auto& body) { take(body); }, logged_.record.body);
    set_deadlines();
    effects_.struggle = struggle_now();
    effects_.risk = risk(effects_.struggle, 0, 0);
  }

 private:
  UnixMillis now() const { return visitor_.log_time; }
  const Policy& policy() const { return rules_->policy; }
  int risk_at(UnixMillis at) const { return risk(struggle(visitor_.journey.evidence, at, *weights_), 0, 0); }
  // Of the evidence as it stands once the record is folded into it; worked out once.
  int struggle_now() {
    if (!struggle_now_) struggle_now_ = struggle(visitor_.journey.evidence, now(), *weights_);
    return *struggle_now_;
  }

  // Those that had taken effect at that log time. An entry is written 2 s before it takes effect, so all that happens
  // at or after that moment lies behind it in the log.
  void hold_rules_of(UnixMillis at) {
    const auto published = context_.control.rules().at(visitor_.site, at);
    rules_ = published ? &published->rules : &context_.rules;
    weights_ = published ? &published->weights : &catalogue_weights();
    rules_version_ = published ? published->version : 0;
  }

  // --- deadlines ---------------------------------------------------------------------------------------------------

  void act_on_deadlines(UnixMillis until) {
    while (const auto due = next_due(visitor_)) {
      if (*due > until) return;
      hold_rules_of(*due);
      act_at(*due);
    }
  }

  // Of what this record began: by the policy of its moment.
  void set_deadlines() {
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

  void act_at(UnixMillis due) {
    if (is_due(visitor_.deadlines.decline_settles, due)) settle_decline();
    if (visitor_.offer && visitor_.offer->state == OfferState::kPending && visitor_.offer->expires_at <= due) {
      end_live_offer(OfferState::kExpired, "not displayed in time", due);
    }
    if (visitor_.offer && visitor_.offer->state == OfferState::kDisplayed && visitor_.journey.is_over(due)) {
      end_live_offer(OfferState::kExpired, "the journey ended without an answer", due);
    }
    if (is_due(visitor_.deadlines.unanswered, due)) tell_unanswered(due);
  }

  static bool is_due(const std::optional<UnixMillis>& deadline, UnixMillis at) { return deadline && *deadline <= at; }

  void settle_decline() {
    const UnsettledDecline decline = *visitor_.profile.unsettled;
    visitor_.profile.unsettled.reset();
    visitor_.deadlines.decline_settles.reset();
    visitor_.profile.remember_decline(decline.at, decline.forever, policy());
    tell_the_person(AnswerKind::kDismissed, decline.forever, decline.at, decline.intervention);
  }

  void tell_unanswered(UnixMillis due) {
    auto& conversation = visitor_.conversation;
    visitor_.deadlines.unanswered.reset();
    conversation->unanswered = true;
    effects_.conversation = *conversation;
    const std::string message_id = "unanswered-" + conversation->id.hex().substr(0, 12);
    effects_.messages.push_back(
        {conversation->id, message_id, ChatEvent::kUnanswered, ChatAuthor::kSystem, "", "", due, logged_.offset});
  }

  // --- records -----------------------------------------------------------------------------------------------------

  void take(const Event& event) {
    if (is_repeat(event)) {
      effects_.duplicate = true;
      return;
    }
    if ((event.flags & kFlagLate) != 0) {
      effects_.ignored = true;
      return;
    }
    begin_journey_if_needed(event);
    if (!event.anonymous_id.empty()) visitor_.anonymous_id = event.anonymous_id;
    apply_identity(event);
    const bool stronger = fold_into_journey(event);
    const int risk_now = risk(struggle_now(), 0, 0);
    visitor_.journey.highest_risk = std::max(visitor_.journey.highest_risk, risk_now);
    assess(stronger, risk_now);
    qualify(event.id, logged_.record.received_at / 1000 - event.occurred_at, risk_now);
  }

  void take(const Answer& answer) {
    if (!visitor_.offer || visitor_.offer->id != answer.intervention) return;
    const bool was_displayed = visitor_.offer->displayed_at.has_value();
    if (!apply_answer(*visitor_.offer, visitor_.profile, answer, now(), policy())) return;
    if (!was_displayed && visitor_.offer->displayed_at) {
      ++visitor_.journey.offers_displayed;
      tell_the_person(AnswerKind::kDisplayed, false, now(), answer.intervention);
    }
    if (visitor_.offer->state == OfferState::kSnoozed)
      tell_the_person(AnswerKind::kSnoozed, false, now(), answer.intervention);
    effects_.interventions.push_back(*visitor_.offer);
  }

  void take(const Chat& chat) {
    if (!apply_chat(visitor_.conversation, chat, now())) {
      effects_.duplicate = true;
      return;
    }
    if (chat.event == ChatEvent::kOpened) name_conversation(*visitor_.conversation);
    effects_.conversation = *visitor_.conversation;
    effects_.messages.push_back(message_of(chat, now(), logged_.offset));
  }

  void take(const TimerFired&) {}  // its work was done by act_on_deadlines

  void take(const PersonDecision& decision) {
    if (!visitor_.profile.take(decision, policy())) {
      effects_.duplicate = true;
      return;
    }
    if (decision.user_id == visitor_.id) pass_on(decision);
  }

  // A visitor joins this person: it hears what the person decided before.
  void take(const Link& link) {
    auto& visitors = visitor_.person.visitors;
    if (link.visitor == visitor_.id || std::find(visitors.begin(), visitors.end(), link.visitor) != visitors.end()) {
      effects_.duplicate = true;
      return;
    }
    push_bounded(visitors, link.visitor, Person::kVisitorsMax);
    for (const PersonDecision& decision : visitor_.person.decisions) append_for(link.visitor, decision.at, decision);
  }

  template <ControlEntry Entry>
  void take(const Entry&) {
    check(false, "control entries are not a visitor's");
  }

  // --- parts of an event -------------------------------------------------------------------------------------------

  bool is_repeat(const Event& event) {
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

  void begin_journey_if_needed(const Event& event) {
    Journey& journey = visitor_.journey;
    if (journey.has_begun() && !journey.is_over(now())) return;
    if (journey.has_begun()) {
      JourneySummary ended = summary_of(journey);
      ended.ended_at = journey.last_at;
      effects_.ended_journey = ended;
    }
    if (visitor_.has_live_offer()) end_live_offer(OfferState::kExpired, "the journey ended", now());
    journey = Journey{};
    journey.id = JourneyId{id_of({"journey", visitor_.site, visitor_.id, event.id})};
    journey.started_at = now();
    ++visitor_.profile.journeys;
  }

  void apply_identity(const Event& event) {
    const auto* identify = std::get_if<Identify>(&event.fact);
    const std::string& user = identify != nullptr ? identify->user_id : event.user_id;
    if (user.empty() || user == visitor_.profile.user_id) return;
    visitor_.profile.user_id = user;
    if (user != visitor_.id) append_for(user, now(), Link{visitor_.id});
  }

  // Progress and goal first (they touch only older evidence), then the windows, then the detectors.
  bool fold_into_journey(const Event& event) {
    Journey& journey = visitor_.journey;
    if (is_progress(journey, event)) note_progress(event.occurred_at);
    if (std::holds_alternative<Goal>(event.fact)) note_goal(event.occurred_at);
    if (std::holds_alternative<ExitIntent>(event.fact)) journey.evidence.exit_intent_at = event.occurred_at;
    journey.absorb(event, now());
    static thread_local Findings findings;  // reused, so that the common event allocates nothing
    findings.clear();
    run_detectors(journey, event, findings);
    for (EpisodeId id : findings.retracted) retract(id);
    bool stronger = false;
    for (Findings::Raised& raised : findings.raised) stronger |= raise(raised);
    return stronger;
  }

  void note_progress(UnixMillis at) {
    ++visitor_.journey.progress;
    visitor_.journey.evidence.add_progress(at);
    effects_.progress = true;
    if (visitor_.offer && visitor_.offer->state == OfferState::kPending) {
      end_live_offer(OfferState::kRetracted, "the visitor made progress", now());
    }
  }

  void note_goal(UnixMillis at) {
    visitor_.journey.evidence.reach_goal(at);
    effects_.progress = true;
    if (visitor_.offer && visitor_.offer->state == OfferState::kPending) {
      end_live_offer(OfferState::kRetracted, "the visitor reached the goal", now());
    }
  }

  bool raise(Findings::Raised& raised) {
    Evidence& evidence = visitor_.journey.evidence;
    const Episode* known = evidence.find(raised.episode.id);
    raised.episode.began = known != nullptr ? known->began : logged_.offset;
    if (!evidence.raise(raised.episode, raised.anew, *weights_)) return false;
    effects_.signals.push_back({raised.episode, state_of(raised.episode.grade), visitor_.journey.id, rules_version_});
    return true;
  }

  void retract(EpisodeId id) {
    Evidence& evidence = visitor_.journey.evidence;
    const Episode* known = evidence.find(id);
    if (known == nullptr) return;
    effects_.signals.push_back({*known, SignalState::kRetracted, visitor_.journey.id, rules_version_});
    evidence.retract(id);
    retract_offer_if_unfounded();
  }

  // An offer not yet displayed ends by a retraction without which it would not have qualified: without the episode,
  // the score at the moment of the offer is below the bar.
  void retract_offer_if_unfounded() {
    if (!visitor_.offer || visitor_.offer->state != OfferState::kPending) return;
    const int then = struggle(visitor_.journey.evidence, visitor_.offer->made_at, *weights_);
    const int bar = visitor_.offer->trigger == Trigger::kRisingEdge ? policy().qualify_risk : policy().persistent_risk;
    if (risk(then, 0, 0) >= bar && then >= policy().qualify_struggle) return;
    end_live_offer(OfferState::kRetracted, "what it rested on turned out not to be trouble", now());
  }

  // --- from score to offer -----------------------------------------------------------------------------------------

  void rearm_if_calm(UnixMillis at) {
    if (!visitor_.journey.armed && risk_at(at) < policy().rearm_risk) visitor_.journey.armed = true;
  }

  void assess(bool stronger, int risk_now) {
    auto& assessments = visitor_.journey.assessments;
    if (!stronger || (!assessments.empty() && now() - assessments.back().at < policy().assessment_gap)) return;
    push_bounded(assessments, Assessment{now(), risk_now}, Journey::kAssessmentsMax);
  }

  std::optional<Trigger> trigger(int risk_now, int struggle) const {
    const Journey& journey = visitor_.journey;
    if (!journey.armed || struggle < policy().qualify_struggle) return std::nullopt;
    if (risk_now >= policy().qualify_risk) return Trigger::kRisingEdge;
    const auto high = std::count_if(journey.assessments.begin(), journey.assessments.end(),
                                    [&](const Assessment& a) { return a.risk >= policy().persistent_risk; });
    if (high >= policy().persistent_count) return Trigger::kPersistentRisk;
    return std::nullopt;
  }

  void qualify(const std::string& cause, Millis late_by, int risk_now) {
    const auto why = trigger(risk_now, struggle_now());
    if (!why) return;
    visitor_.journey.armed = false;
    const DecisionInput input{policy(),
                              *weights_,
                              rules_version_,
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
    if (decision.offered) {
      visitor_.offer = offer_of(input, decision);
      effects_.interventions.push_back(*visitor_.offer);
    }
    effects_.decisions.push_back(std::move(decision));
  }

  // --- offers and conversations ------------------------------------------------------------------------------------

  void end_live_offer(OfferState state, std::string reason, UnixMillis at) {
    end_offer(*visitor_.offer, state, std::move(reason), at);
    effects_.interventions.push_back(*visitor_.offer);
  }

  void name_conversation(Conversation& conversation) const {
    conversation.site = visitor_.site;
    conversation.visitor = visitor_.id;
    if (!visitor_.offer || visitor_.offer->id != conversation.intervention) return;
    conversation.decision = visitor_.offer->decision;
    conversation.risk_at_offer = visitor_.offer->risk;
    conversation.words = visitor_.offer->words;
  }

  void tell_the_person(AnswerKind kind, bool forever, UnixMillis at, InterventionId intervention) {
    if (visitor_.profile.user_id.empty()) return;
    PersonDecision decision{visitor_.profile.user_id, visitor_.id, kind, forever, at, intervention};
    if (visitor_.profile.user_id == visitor_.id) return pass_on(decision);
    append_for(visitor_.profile.user_id, at, decision);
  }

  // Kept for visitors that join later, and told to those that are linked.
  void pass_on(const PersonDecision& decision) {
    push_bounded(visitor_.person.decisions, decision, Person::kDecisionsMax);
    for (const std::string& other : visitor_.person.visitors) {
      if (other != decision.from) append_for(other, decision.at, decision);
    }
  }

  // Log time is the time of the cause, so that the moment at which a worker came to it leaves no trace.
  void append_for(const std::string& visitor, UnixMillis at, RecordBody body) {
    effects_.appends.push_back({visitor_.site, visitor, at * 1000, 0, std::move(body)});
  }

  const FoldContext& context_;
  const Rules* rules_ = nullptr;
  const Weights* weights_ = nullptr;
  std::uint64_t rules_version_ = 0;
  Visitor& visitor_;
  const LoggedRecord& logged_;
  Effects& effects_;
  std::optional<int> struggle_now_;
};

}  // namespace

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
    visitor.site = logged.record.site;
    visitor.id = logged.record.visitor;
  }
  Folding{context, visitor, logged, effects}.run();
  visitor.next_offset = logged.offset + 1;
}

}  // namespace handrail::core
