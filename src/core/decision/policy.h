// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

namespace handrail::core {

// From score to offer: every value is configuration ([policy] in handrail.toml). Defaults are judgement, to be fitted.
struct Policy {
  int qualify_risk = 75;      // offer on the rising edge of risk at or above this
  int qualify_struggle = 40;  // and struggle at or above this: leaving alone is no reason to interrupt
  int rearm_risk = 55;        // the edge may rise again after risk fell below this
  int persistent_risk = 70;   // or: this many of the newest five assessments at or above this
  int persistent_count = 4;
  Millis assessment_gap = 5 * kSecond;
  int offers_per_session = 2;              // displayed
  int offers_per_day = 3;                  // displayed, rolling 24 h
  Millis cooldown = 10 * kMinute;          // after any displayed offer
  Millis snooze = 30 * kMinute;            // after "Maybe later"
  Millis decline = 7 * kDay;               // after a dismissal
  Millis answer_settles = 10 * kSecond;    // accepted and dismissed this close together mean accepted
  Millis offer_lives = 120 * kSecond;      // undisplayed
  Millis history_after = 60 * kSecond;     // what reached us later than this after it happened starts no offer
  bool needs_agent = false;                // offer only while someone is available at the desk
  Millis unanswered_after = 60 * kSecond;  // a waiting conversation: the visitor is told that nobody answered
  int holdout_percent = 0;                 // of visitors, drawn once and for good: they get no help, to compare with
  int offer_budget_permille = 50;      // journeys that a model's score may lead to an offer: what promotion holds it to
  Millis journey_idle = 30 * kMinute;  // a journey without an event for so long is over
  Millis journey_longest = 12 * kHour;  // and after so long in any case
};
template <class A>
void fields(A& a, Policy& p) {
  a(p.qualify_risk, p.qualify_struggle, p.rearm_risk, p.persistent_risk, p.persistent_count, p.assessment_gap,
    p.offers_per_session, p.offers_per_day, p.cooldown, p.snooze, p.decline, p.answer_settles, p.offer_lives,
    p.history_after, p.needs_agent, p.unanswered_after, p.holdout_percent);
  if (a.since(5)) a(p.offer_budget_permille, p.journey_idle, p.journey_longest);
}

}  // namespace handrail::core
