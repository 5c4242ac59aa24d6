// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/check.h"
#include "core/fold/fold.h"
#include "core/signals/detector.h"

namespace handrail::core {

// One record's way through the visitor's state. Of fold() alone.
class Folding {
 public:
  Folding(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects)
      : context_(context), visitor_(visitor), logged_(logged), effects_(effects) {}

  void run();

 private:
  UnixMillis now() const { return visitor_.log_time; }
  const Policy& policy() const { return rules_->policy; }
  // With what models and readers say of it now.
  int risk_of(int struggle) { return risk(struggle, model_score(), visitor_.journey.advice_at(now())); }
  int risk_at(UnixMillis at) {
    return risk(struggle(visitor_.journey.evidence, at, *weights_), model_score(), visitor_.journey.advice_at(at));
  }
  // Of the evidence as it stands once the record is folded into it; worked out once.
  int struggle_now() {
    if (!struggle_now_) struggle_now_ = struggle(visitor_.journey.evidence, now(), *weights_);
    return *struggle_now_;
  }

  // --- the record, and what the journey learns of it: fold.cc
  // Those that had taken effect at that log time. An entry is written 2 s before it takes effect, so all that happens
  // at or after that moment lies behind it in the log.
  void hold_rules_of(UnixMillis at);
  void act_on_deadlines(UnixMillis until);
  // Of what this record began: by the policy of its moment.
  void set_deadlines();
  void act_at(UnixMillis due);
  void take(const Event& event);
  bool is_repeat(const Event& event);
  void begin_journey_if_needed(const Event& event);
  // Its exposures that wait for an outcome never see another than the journey's end.
  void end_journey();
  // Progress and goal first (they touch only older evidence), then the windows, then the detectors.
  bool fold_into_journey(const Event& event);
  void note_progress(UnixMillis at);
  void note_goal(const Goal& goal, UnixMillis at);
  static bool is_due(const std::optional<UnixMillis>& deadline, UnixMillis at) { return deadline && *deadline <= at; }
  void take(const TimerFired&) {}  // its work was done by act_on_deadlines
  template <ControlEntry Entry>
  void take(const Entry&) {
    check(false, "control entries are not a visitor's");
  }

  // --- what the site's models say of the journey: models.cc
  void begin_trail();
  void follow(const Event& event);
  const ServingModel* serving();  // whose word counts for this visitor; worked out once
  const ExitRisk* model_word();   // what counts now of what was said; nullptr: no model that holds now said anything
  int model_score();              // of it; 0: nothing
  void ask_models(const Event& event);
  ExitRisk ask(const ServingModel& one);
  // An endpoint's word for the serving model. Late, older than one that is known, of another journey or version, or
  // after the goal: it changes nothing.
  void take(const Prediction& prediction);
  bool is_news(const Prediction& prediction);
  void explain(Decision& decision);
  void remember_ended(const Outcome& outcome);

  // --- what readers say of the journey: reading.cc
  bool is_hard(bool stronger, int risk_now) const;
  void read_hard_case(const Event& event, bool stronger, int risk_now);
  void keep(Analysis analysis);
  void refine_offer(const Analysis& analysis);
  // A provider's: it moves the risk for a while, and words an offer that is not displayed yet.
  void take(const Analysis& analysis);
  bool is_news(const Analysis& analysis) const;

  // --- who the visitor is, and what was agreed to: people.cc
  void take(const PersonDecision& decision);
  // A visitor joins this person: it hears what the person decided before.
  void take(const Link& link);
  void take(const PersonConsent& consent);
  // Who waits for the visitor is told; then the visitor is as if never seen.
  void take(const Erasure& erasure);
  void name_visitor(const Event& event);
  void apply_identity(const Event& event);
  bool has_refused_to_be_watched() const;
  // Also one that reached us late: it holds until another was made after it.
  void take_choice(const Event& event, const ConsentChoice& choice);
  // False when a newer word is known.
  bool hear(const DatedConsent& said);
  void stop_watching();
  void tell_the_person(const DatedConsent& said);
  void pass_on(const PersonConsent& consent);
  void tell_the_person(AnswerKind kind, bool forever, UnixMillis at, InterventionId intervention);
  // Kept for visitors that join later, and told to those that are linked.
  void pass_on(const PersonDecision& decision);
  // Log time is the time of the cause, so that the moment at which a worker came to it leaves no trace.
  void append_for(const std::string& visitor, UnixMillis at, RecordBody body);

  // --- from signals to help, and what becomes of it: help.cc
  void settle_decline();
  void tell_unanswered(UnixMillis due);
  void take(const Answer& answer);
  void take(const Chat& chat);
  void close_exposures(const Outcome& outcome);
  void note_displayed(DecisionId decision);
  // The name is kept from the first draw on, so that nobody changes arms by being identified.
  Arm drawn_arm();
  void expose(const Decision& decision);
  bool raise(Findings::Raised& raised);
  void retract(EpisodeId id);
  // An offer not yet displayed ends by a retraction without which it would not have qualified: without the episode,
  // the score at the moment of the offer is below the bar.
  void retract_offer_if_unfounded();
  void rearm_if_calm(UnixMillis at);
  void assess(bool stronger, int risk_now);
  std::optional<Trigger> trigger(int risk_now, int struggle) const;
  void qualify(const std::string& cause, Millis late_by, int risk_now);
  void end_live_offer(OfferState state, std::string reason, UnixMillis at);
  void name_conversation(Conversation& conversation) const;

  const FoldContext& context_;
  const Rules* rules_ = nullptr;
  const Weights* weights_ = nullptr;
  RulesStamp stamp_;  // of them
  const ModelRoster* roster_ = nullptr;
  std::optional<const ServingModel*> serving_;
  Visitor& visitor_;
  const LoggedRecord& logged_;
  Effects& effects_;
  std::optional<int> struggle_now_;
};

}  // namespace handrail::core
