// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chat/conversation.h"
#include "core/decision/decision.h"
#include "core/decision/profile.h"
#include "core/journey/journey.h"

namespace handrail::core {

// Which facts of one tab have been folded: all up to `high`, save those whose bit is 0 among the 256 below it.
// A fact further back than 256 counts as seen, so that a repeat can never slip through.
struct TabWatermark {
  static constexpr std::size_t kTabsMax = 16;
  std::uint64_t tab = 0;  // hash of the tab id
  std::uint64_t high = 0;
  std::array<std::uint64_t, 4> seen{};  // bit i: high - i was folded

  bool first_time(std::uint64_t seq);
};
template <class A>
void fields(A& a, TabWatermark& w) {
  a(w.tab, w.high, w.seen[0], w.seen[1], w.seen[2], w.seen[3]);
}

// What is known of a person beyond one visitor: kept by the visitor that is named by the userId.
struct Person {
  static constexpr std::size_t kVisitorsMax = 64;
  static constexpr std::size_t kDecisionsMax = 16;
  std::vector<std::string> visitors;      // identified as this person, newest last
  std::vector<PersonDecision> decisions;  // for visitors that are linked later
  std::optional<PersonConsent> consent;
};
template <class A>
void fields(A& a, Person& p) {
  a(p.visitors, p.decisions);
  if (a.since(3)) a(p.consent);
}

// Where in the log records of this visitor lie, without a gap longer than a journey's idle end.
struct ActiveSpan {
  static constexpr std::size_t kSpansMax = 4;
  Offset first = 0;
  Offset last = 0;
  UnixMillis last_at = 0;
};
template <class A>
void fields(A& a, ActiveSpan& s) {
  a(s.first, s.last, s.last_at);
}

// Moments that a policy set when their cause happened. Kept, so that a later policy does not move them.
struct Deadlines {
  std::optional<UnixMillis> decline_settles;  // a dismissal becomes a decline
  std::optional<UnixMillis> unanswered;       // a waiting conversation is told that nobody answered
};
template <class A>
void fields(A& a, Deadlines& d) {
  a(d.decline_settles, d.unanswered);
}

// All that is known of one visitor: what fold() works on and what the checkpoint stores. It depends on the visitor's
// own records alone.
struct Visitor {
  std::string site;
  std::string id;            // anonymousId, else userId
  std::string anonymous_id;  // as last seen
  UnixMillis log_time = 0;   // of the newest record, monotone
  Offset next_offset = 0;    // records below it are folded
  Profile profile;
  Journey journey;
  std::optional<Intervention> offer;  // the newest, live or not
  std::optional<Conversation> conversation;
  std::vector<TabWatermark> tabs;
  Person person;
  std::vector<ActiveSpan> spans;  // ascending; cover all of its records in the last 24 h
  Deadlines deadlines;
  std::string drawn_as;  // the name that the arm hangs on: the userId where it was known at the first decision

  // Keeps `spans` true for a record at `offset`.
  void note_activity(Offset offset, UnixMillis at);
  bool has_live_offer() const { return offer && is_live(offer->state); }
};
// Stored form: the first byte is the format. 2 has no deadlines, outcomes, draws and consent, 3 nothing for models, 4
// no endpoint's word, 5 no analyses; there was no 6.
inline constexpr std::uint8_t kVisitorFormat = 7;
inline constexpr std::uint8_t kOldestVisitorFormat = 2;
template <class A>
void fields(A& a, Visitor& v) {
  a(v.site, v.id, v.anonymous_id, v.log_time, v.next_offset, v.profile, v.journey, v.offer, v.conversation, v.tabs,
    v.person, v.spans);
  if (a.since(3)) a(v.deadlines, v.drawn_as);
}
std::string encode(const Visitor& visitor);
std::optional<Visitor> decode_visitor(std::string_view bytes);  // nothing: damaged, or of an unknown format

// The next moment at which something happens in silence: a function of the state, so timers need no list of their own.
std::optional<UnixMillis> next_due(const Visitor& visitor);

}  // namespace handrail::core
