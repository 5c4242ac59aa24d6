// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

constexpr Agreement kYes = Agreement::kGranted;
constexpr Agreement kNo = Agreement::kRefused;
constexpr Agreement kOpen = Agreement::kUnasked;

Record says(Visit& v, Millis at, Consent consent) { return v.event(at, ConsentChoice{consent}, "consent"); }

}  // namespace

TEST_CASE("who refuses help gets none, and is watched all the same") {
  Folder fold;
  Visit v("a");
  fold(says(v, 0, {kYes, kNo, kOpen}));
  fold(v.struggle(1000, 3));
  REQUIRE(fold.decisions.size() == 1);
  CHECK_FALSE(fold.decisions.back().offered);
  CHECK_FALSE(fold.passed(Gate::kConsent));
  CHECK(fold.visitor.journey.exposures.empty());
  CHECK(fold.struggle_at(v.from() + 1000) > 0);
}

TEST_CASE("where the site needs consent, nobody is helped who did not agree") {
  for (const auto& [said, offered] : {std::pair{kOpen, false}, {kNo, false}, {kYes, true}}) {
    Folder fold;
    fold.rules().privacy.needs_consent = true;
    Visit v("a");
    if (said != kOpen) fold(says(v, 0, {kYes, said, kOpen}));
    fold(v.struggle(1000, 3));
    CHECK(fold.decisions.back().offered == offered);
  }
}

TEST_CASE("refusing help takes back an offer that is open, also a displayed one") {
  for (const bool displayed : {false, true}) {
    Folder fold;
    Visit v("a");
    fold(v.struggle(0, 3));
    if (displayed) fold(v.answer(500, fold.visitor.offer->id, AnswerKind::kDisplayed));
    fold(says(v, 1000, {kOpen, kNo, kOpen}));
    CHECK(fold.offer_state() == OfferState::kRetracted);
    REQUIRE(fold.effects.interventions.size() == 1);
  }
}

TEST_CASE("who refuses to be watched is not: the journey ends, its exposures are censored, what follows is ignored") {
  Folder fold;
  Visit v("a");
  fold(v.struggle(0, 3));
  fold(says(v, 1000, {kNo, kNo, kNo}));
  CHECK(fold.offer_state() == OfferState::kRetracted);
  CHECK_FALSE(fold.visitor.journey.has_begun());
  REQUIRE(fold.effects.ended_journey);
  CHECK(fold.effects.ended_journey->outcome->kind == OutcomeKind::kCensored);
  REQUIRE(fold.effects.exposures.size() == 1);
  CHECK(fold.effects.exposures.front().outcome->kind == OutcomeKind::kCensored);
  CHECK_FALSE(fold.effects.exposures.front().may_train);
  fold(v.struggle(2000, 5));
  CHECK(fold.effects.ignored);
  CHECK_FALSE(fold.visitor.journey.has_begun());
  CHECK(fold.struggle_at(v.from() + 2000) == 0);
  fold(says(v, 3000, {kYes, kYes, kOpen}));
  fold(v.struggle(4000, 5));
  CHECK(fold.decisions.back().offered);
}

TEST_CASE("a choice begins no journey, changes what it names alone, and an older one that comes late changes nothing") {
  Folder fold;
  Visit v("a");
  fold(says(v, 5000, {kYes, kYes, kNo}));
  CHECK_FALSE(fold.visitor.journey.has_begun());
  CHECK_FALSE(fold.effects.ended_journey);
  fold(says(v, 6000, {kOpen, kNo, kOpen}));
  CHECK(fold.visitor.profile.consent.consent == Consent{kYes, kNo, kNo});
  Record late = says(v, 7000, {kNo, kYes, kYes});
  std::get<Event>(late.body).occurred_at = v.from() + 1000;
  std::get<Event>(late.body).flags = kFlagLate;
  fold(late);
  CHECK(fold.effects.ignored);
  CHECK(fold.visitor.profile.consent.consent == Consent{kYes, kNo, kNo});
}

TEST_CASE("training follows the visitor's own word, else the site's need of consent and the browser's wish") {
  const auto may = [](Agreement said, bool needs, bool heeds, bool asks) {
    Profile profile;
    profile.consent.consent.training = said;
    profile.asks_for_privacy = asks;
    return profile.may_train({needs, heeds, {}});
  };
  CHECK(may(kOpen, false, true, false));
  CHECK_FALSE(may(kOpen, false, true, true));
  CHECK(may(kOpen, false, false, true));
  CHECK_FALSE(may(kOpen, true, true, false));
  CHECK(may(kYes, true, true, true));
  CHECK_FALSE(may(kNo, false, false, false));
}

TEST_CASE("a person's word reaches every device, those that are linked later too") {
  Folder phone;
  Visit on_phone("phone");
  on_phone.identify_as("anna");
  phone(on_phone.page(0));
  phone(says(on_phone, 1000, {kNo, kNo, kNo}));
  REQUIRE(phone.effects.appends.size() == 1);
  CHECK(phone.effects.appends.front().visitor == "anna");

  Folder person;
  Visit anna("anna");
  person(anna.record(500, Link{"phone"}));
  person(anna.record(600, Link{"laptop"}));
  person(phone.effects.appends.front());
  REQUIRE(person.effects.appends.size() == 1);  // not back to the phone
  CHECK(person.effects.appends.front().visitor == "laptop");
  const Record told = person.effects.appends.front();

  Folder laptop;
  Visit on_laptop("laptop");
  laptop(on_laptop.struggle(0, 3));
  laptop(told);
  CHECK(laptop.offer_state() == OfferState::kRetracted);
  laptop(told);
  CHECK(laptop.effects.duplicate);

  person(anna.record(2000, Link{"tablet"}));
  REQUIRE(person.effects.appends.size() == 1);
  CHECK(std::holds_alternative<PersonConsent>(person.effects.appends.front().body));
}

TEST_CASE("what was said before being identified is the person's word then") {
  Folder fold;
  Visit v("phone");
  fold(says(v, 0, {kYes, kNo, kOpen}));
  v.identify_as("anna");
  fold(v.page(1000));
  REQUIRE(fold.effects.appends.size() == 2);
  CHECK(std::holds_alternative<Link>(fold.effects.appends[0].body));
  const auto* told = std::get_if<PersonConsent>(&fold.effects.appends[1].body);
  REQUIRE(told != nullptr);
  CHECK(told->said.consent.assistance == kNo);
}

TEST_CASE("who was seen since stays, where one is to be forgotten for not having been seen") {
  Folder fold;
  Visit v("a");
  fold(v.page(0));
  fold(v.page(5000));
  fold(v.record(6000, Erasure{v.from() + 4000}));
  CHECK_FALSE(fold.effects.erased);
  CHECK(fold.visitor.id == "a");
  fold(v.record(7000, Erasure{v.from() + 5000}));
  CHECK(fold.effects.erased);
}

TEST_CASE("who is to be forgotten is as if never seen") {
  Folder fold;
  Visit v("a");
  v.identify_as("anna");
  fold(v.struggle(0, 3));
  fold(v.record(1000, Erasure{}));
  CHECK(fold.effects.erased);
  REQUIRE(fold.effects.interventions.size() == 1);
  CHECK(fold.effects.interventions.front().state == OfferState::kRetracted);
  CHECK(fold.visitor.id.empty());
  CHECK(fold.visitor.profile.user_id.empty());
  CHECK_FALSE(next_due(fold.visitor));
  fold(v.page(2000));
  CHECK(fold.visitor.id == "a");
  CHECK(fold.visitor.profile.journeys == 1);
}
