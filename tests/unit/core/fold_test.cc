// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/archive.h"
#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::test;

namespace {

// A visitor with a pending offer, made at 30 s.
struct WithOffer {
  explicit WithOffer(Policy policy = {}) : fold(policy), v("a") {
    fold(v.page(0));
    fold(v.struggle(30'000, 3));
  }
  InterventionId id() const { return fold.visitor.offer->id; }
  Folder fold;
  Visit v;
};

}  // namespace

TEST_CASE("the mission's example gives risk 76, level high and an offer with every gate written down") {
  WithOffer s;
  REQUIRE(s.fold.decisions.size() == 1);
  const Decision& d = s.fold.decisions[0];
  CHECK(d.offered);
  CHECK(d.risk == 76);
  CHECK(level_of(d.risk) == Level::kHigh);
  CHECK(d.gates.size() == 12);
  CHECK(s.fold.offer_state() == OfferState::kPending);
  CHECK(s.fold.visitor.offer->expires_at == s.v.from() + 150'000);
}

TEST_CASE("the same records give the same bytes, whatever is folded twice") {
  Folder once;
  Folder twice;
  Visit a("a");
  Visit b("a");
  for (int i = 0; i < 5; ++i) once(a.struggle(i * 9000, 2 + i));
  std::vector<Record> records;
  for (int i = 0; i < 5; ++i) records.push_back(b.struggle(i * 9000, 2 + i));
  for (const Record& r : records) twice(r), twice(r);
  twice.visitor.next_offset = once.visitor.next_offset;
  twice.visitor.spans = once.visitor.spans;
  for (Episode& e : twice.visitor.journey.evidence.episodes) e.began /= 2;  // offsets differ by construction
  CHECK(archived(once.visitor) == archived(twice.visitor));
}

TEST_CASE("a fact of a tab counts once, also out of order and far behind") {
  TabWatermark w;
  CHECK(w.first_time(5));
  CHECK_FALSE(w.first_time(5));
  CHECK(w.first_time(3));
  CHECK_FALSE(w.first_time(3));
  CHECK(w.first_time(300));
  CHECK_FALSE(w.first_time(5));  // beyond the bitmap: taken for seen
  CHECK(w.first_time(299));
  CHECK(w.first_time(100));
  CHECK_FALSE(w.first_time(100));
}

TEST_CASE("an offer lives 120 s undisplayed, and a record after that sees it expired at its due time") {
  WithOffer s;
  s.fold(s.v.page(149'999));
  CHECK(s.fold.offer_state() == OfferState::kPending);
  s.fold(s.v.page(400'000));
  CHECK(s.fold.offer_state() == OfferState::kExpired);
  CHECK(s.fold.visitor.offer->ended_at == s.v.from() + 150'000);
}

TEST_CASE("a timer record acts in silence, and a second one does nothing") {
  WithOffer s;
  CHECK(next_due(s.fold.visitor) == s.v.from() + 150'000);
  s.fold(s.v.record(150'000, TimerFired{}));
  CHECK(s.fold.offer_state() == OfferState::kExpired);
  CHECK(s.fold.effects.interventions.size() == 1);
  s.fold(s.v.record(150'000, TimerFired{}));
  CHECK(s.fold.effects.interventions.empty());
}

TEST_CASE("progress or goal before display retracts; after display it does not") {
  WithOffer before;
  before.fold(before.v.valid(31'000, "field:term"));
  CHECK(before.fold.offer_state() == OfferState::kRetracted);
  WithOffer after;
  after.fold(after.v.answer(31'000, after.id(), AnswerKind::kDisplayed));
  after.fold(after.v.valid(32'000, "field:term"));
  CHECK(after.fold.offer_state() == OfferState::kDisplayed);
}

TEST_CASE("a retraction without which it would not have qualified takes the offer back") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 3; ++i) fold(v.click(i * 300, Reaction::kNone));
  fold(v.struggle(1000, 2));  // 1 - .65 * .40 = 74: not yet
  CHECK(fold.decisions.empty());
  fold(v.event(1100, Validation{"field:x", "form:f", ValidationMoment::kSubmit, false}));
  fold(v.event(2100, Validation{"field:x", "form:f", ValidationMoment::kSubmit, false}));
  REQUIRE(fold.decisions.size() == 1);
  CHECK(fold.offer_state() == OfferState::kPending);
  fold(v.outcome(2500, 2, 600, Reaction::kSome));  // the page did react: rage goes, 78 remains
  CHECK(fold.offer_state() == OfferState::kPending);

  Folder unfounded;
  Visit w("b");
  for (int i = 0; i < 3; ++i) unfounded(w.click(i * 300, Reaction::kNone));
  unfounded(w.outcome(700, 1, 600, Reaction::kNone));  // confirmed: 60
  unfounded(w.submit(800, SubmitResult::kFailed));
  unfounded(w.submit(1600, SubmitResult::kFailed));  // 84
  REQUIRE(unfounded.offer_state() == OfferState::kPending);
  unfounded(w.outcome(2500, 2, 2500, Reaction::kSome));
  CHECK(unfounded.offer_state() == OfferState::kRetracted);
}

TEST_CASE("the edge must fall below 55 before it can rise again") {
  WithOffer s;
  s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDisplayed));
  s.fold(s.v.struggle(40'000, 5));
  CHECK(s.fold.decisions.size() == 1);
  s.fold(s.v.struggle(40'000 + 15 * 60'000, 5));
  CHECK(s.fold.decisions.size() == 2);
}

TEST_CASE("persistent risk: four of the newest five assessments at 70 or more") {
  Policy policy;
  policy.qualify_risk = 101;  // so that the edge stays out of the way
  Folder fold(policy);
  Visit v("a");
  for (int i = 0; i < 3; ++i) fold(v.struggle(i * 6000, 3));
  CHECK(fold.decisions.empty());
  fold(v.struggle(18'000, 3));
  REQUIRE(fold.decisions.size() == 1);
  CHECK(fold.decisions[0].trigger == Trigger::kPersistentRisk);
}

TEST_CASE("assessments are at most one per 5 s") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 10; ++i) fold(v.struggle(i * 1000, 2, "f" + std::to_string(i)));
  CHECK(fold.visitor.journey.assessments.size() == 2);
}

TEST_CASE("history never starts an offer, and says so") {
  Folder fold;
  Visit v("a");
  for (const char* feature : {"rate", "term"}) {
    Record late = v.struggle(0, 5, feature);  // 87 each; 85 together after a minute
    late.received_at += 61'000'000;
    fold(late);
  }
  REQUIRE(fold.decisions.size() == 1);
  CHECK_FALSE(fold.decisions[0].offered);
  CHECK_FALSE(fold.passed(Gate::kFresh));
}

TEST_CASE("what is older than a day is not folded") {
  Folder fold;
  Visit v("a");
  Record old = v.struggle(0, 5);
  std::get<Event>(old.body).flags |= kFlagLate;
  fold(old);
  CHECK(fold.effects.ignored);
  CHECK_FALSE(fold.visitor.journey.has_begun());
}

TEST_CASE("gates reject with their reason: cooldown, snooze, decline, caps, agent") {
  const auto again = [](WithOffer& s, Millis at) {
    s.fold(s.v.page(at - 1000));
    s.fold(s.v.struggle(at, 5));
  };
  SUBCASE("cooldown after a displayed offer") {
    WithOffer s;
    s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDisplayed));
    s.fold(s.v.answer(32'000, s.id(), AnswerKind::kAccepted));
    again(s, 31'000 + 9 * 60'000);
    CHECK_FALSE(s.fold.decisions.back().offered);
    CHECK_FALSE(s.fold.passed(Gate::kCooldown));
    again(s, 31'000 + 25 * 60'000);
    CHECK(s.fold.decisions.back().offered);
  }
  SUBCASE("maybe later") {
    WithOffer s;
    s.fold(s.v.answer(31'000, s.id(), AnswerKind::kSnoozed));
    again(s, 31'000 + 20 * 60'000);
    CHECK_FALSE(s.fold.passed(Gate::kSnoozed));
    CHECK(s.fold.passed(Gate::kCooldown));
  }
  SUBCASE("declined for seven days, settled after ten seconds") {
    WithOffer s;
    s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDismissed));
    CHECK_FALSE(s.fold.visitor.profile.declined_until);
    s.fold(s.v.page(42'000));
    CHECK(s.fold.visitor.profile.declined_until == s.v.from() + 31'000 + 7 * kDay);
    again(s, 31'000 + 6 * kDay);
    CHECK_FALSE(s.fold.passed(Gate::kDeclined));
    again(s, 31'000 + 8 * kDay);
    CHECK(s.fold.decisions.back().offered);
  }
  SUBCASE("don't show again is for good") {
    WithOffer s;
    s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDismissed, true));
    again(s, 400 * kDay);
    CHECK_FALSE(s.fold.passed(Gate::kDeclined));
  }
  SUBCASE("two a session") {
    Policy policy;
    policy.cooldown = 0;
    policy.offers_per_session = 1;
    WithOffer s(policy);
    s.fold(s.v.answer(31'000, s.id(), AnswerKind::kAccepted));
    again(s, 31'000 + 20 * 60'000);
    CHECK_FALSE(s.fold.passed(Gate::kSessionCap));
    CHECK(s.fold.passed(Gate::kDayCap));
  }
  SUBCASE("nobody at the desk, where the site asks for someone; two seconds after they came it passes") {
    Policy policy;
    policy.needs_agent = true;
    Folder alone(policy);
    Visit v("a");
    alone(v.struggle(0, 3));
    CHECK_FALSE(alone.passed(Gate::kAgent));
    Folder attended(policy);
    attended.control().take({0, Record{"default", "", 0, 0, AgentAvailability{"Maya", true, kStart + 2000}}});
    Visit w("b");
    attended(w.struggle(1999, 3));
    CHECK_FALSE(attended.passed(Gate::kAgent));
    Folder later(policy);
    later.control().take({0, Record{"default", "", 0, 0, AgentAvailability{"Maya", true, kStart + 2000}}});
    Visit x("c");
    later(x.struggle(2000, 3));
    CHECK(later.decisions.back().offered);
  }
}

TEST_CASE("accepted and dismissed close together mean accepted, in either order") {
  for (const bool accepted_first : {true, false}) {
    WithOffer s;
    s.fold(s.v.answer(31'000, s.id(), accepted_first ? AnswerKind::kAccepted : AnswerKind::kDismissed));
    s.fold(s.v.answer(35'000, s.id(), accepted_first ? AnswerKind::kDismissed : AnswerKind::kAccepted));
    s.fold(s.v.page(60'000));
    CHECK(s.fold.offer_state() == OfferState::kAccepted);
    CHECK_FALSE(s.fold.visitor.profile.declined_until);
  }
  WithOffer late;
  late.fold(late.v.answer(31'000, late.id(), AnswerKind::kDismissed));
  late.fold(late.v.answer(42'000, late.id(), AnswerKind::kAccepted));
  CHECK(late.fold.offer_state() == OfferState::kDismissed);
}

TEST_CASE("a second display is a duplicate exposure; a later answer implies the display") {
  WithOffer s;
  s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDisplayed));
  s.fold(s.v.answer(32'000, s.id(), AnswerKind::kDisplayed));
  CHECK(s.fold.visitor.offer->duplicate_exposures == 1);
  CHECK(s.fold.visitor.profile.displayed.size() == 1);
  WithOffer implied;
  implied.fold(implied.v.answer(31'000, implied.id(), AnswerKind::kAccepted));
  CHECK(implied.fold.visitor.offer->displayed_at == implied.v.from() + 31'000);
}

TEST_CASE("a page that gave up ends the offer as withheld, with its reason") {
  WithOffer s;
  s.fold(s.v.record(60'000, Answer{s.id(), AnswerKind::kWithheld, 0, "typing", false}));
  CHECK(s.fold.offer_state() == OfferState::kWithheld);
  CHECK(s.fold.visitor.offer->reason == "typing");
}

TEST_CASE("30 minutes of silence end a journey; profile and displayed offer follow their own rules") {
  WithOffer s;
  s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDisplayed));
  const JourneyId first = s.fold.visitor.journey.id;
  s.fold(s.v.page(31 * 60'000));
  CHECK(s.fold.visitor.journey.id != first);
  CHECK(s.fold.offer_state() == OfferState::kExpired);
  CHECK(s.fold.visitor.profile.journeys == 2);
  CHECK(s.fold.visitor.profile.displayed.size() == 1);
}

TEST_CASE(
    "a person: identified visitors are linked, and what one decides the others hear, also those that join later") {
  Folder phone;
  Folder person;
  Folder laptop;
  Visit v("phone");
  Visit w("laptop");
  // Carries what one fold wants appended to whom it is for.
  const auto deliver = [&](const std::vector<Record>& records) {
    std::vector<Record> caused;
    for (const Record& r : records) {
      Folder& to = r.visitor == "anna" ? person : r.visitor == "laptop" ? laptop : phone;
      const auto& effects = to(r);
      caused.insert(caused.end(), effects.appends.begin(), effects.appends.end());
    }
    return caused;
  };
  deliver(phone(v.event(0, Identify{"anna"})).appends);
  CHECK(person.visitor.person.visitors == std::vector<std::string>{"phone"});
  phone(v.struggle(1000, 3));
  phone(v.answer(2000, phone.visitor.offer->id, AnswerKind::kDismissed));
  CHECK(deliver(phone.effects.appends).empty());  // displayed: nobody else is linked yet
  CHECK(deliver(phone(v.page(13'000)).appends).empty());
  const auto history = deliver(laptop(w.event(14'000, Identify{"anna"})).appends);
  CHECK(history.size() == 2);
  for (int repeat = 0; repeat < 2; ++repeat) CHECK(deliver(history).empty());
  CHECK(laptop.visitor.profile.declined_until == v.from() + 2000 + 7 * kDay);
  CHECK(laptop.visitor.profile.displayed == std::vector<UnixMillis>{v.from() + 2000});
}

TEST_CASE("a conversation: opened, unanswered after a minute, answered, closed; repeats change nothing") {
  Folder fold;
  Visit v("a");
  const ConversationId id = conversation_id("default", "a", "m1");
  fold(v.record(0, Chat{id, ChatEvent::kOpened, ChatAuthor::kVisitor, "m0"}));
  fold(v.record(1000, Chat{id, ChatEvent::kMessage, ChatAuthor::kVisitor, "m1", "", "hello"}));
  fold(v.record(1000, Chat{id, ChatEvent::kMessage, ChatAuthor::kVisitor, "m1", "", "hello"}));
  CHECK(fold.effects.duplicate);
  fold(v.record(60'000, TimerFired{}));
  REQUIRE(fold.effects.messages.size() == 1);
  CHECK(fold.effects.messages[0].event == ChatEvent::kUnanswered);
  fold(v.record(70'000, Chat{id, ChatEvent::kMessage, ChatAuthor::kAgent, "m2", "Maya", "Hi!"}));
  CHECK(fold.visitor.conversation->state == ConversationState::kActive);
  CHECK(fold.visitor.conversation->agent == "Maya");
  fold(v.record(80'000, Chat{id, ChatEvent::kClosed, ChatAuthor::kAgent, "m3", "Maya"}));
  fold(v.record(81'000, Chat{id, ChatEvent::kMessage, ChatAuthor::kVisitor, "m4", "", "still there?"}));
  CHECK(fold.effects.messages.empty());
}

TEST_CASE("every part of a visitor survives being written and read") {
  WithOffer s;
  s.fold(s.v.answer(31'000, s.id(), AnswerKind::kDismissed));
  s.fold(s.v.click(32'000, Reaction::kNone));
  s.fold(s.v.record(33'000, Chat{conversation_id("default", "a", "m"), ChatEvent::kOpened, ChatAuthor::kVisitor, "m"}));
  const std::string bytes = archived(s.fold.visitor);
  const auto back = unarchived<Visitor>(bytes);
  REQUIRE(back);
  CHECK(archived(*back) == bytes);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(unarchived<Visitor>(bytes.substr(0, cut)));
}
