// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("three unanswered clicks on one element are provisional rage") {
  Folder fold;
  Visit v("a");
  fold(v.click(0, Reaction::kNone));
  fold(v.click(300, Reaction::kNone));
  CHECK_FALSE(fold.newest(SignalKind::kRageClick));
  fold(v.click(600, Reaction::kNone));
  REQUIRE(fold.newest(SignalKind::kRageClick));
  CHECK(fold.newest(SignalKind::kRageClick)->state == SignalState::kProvisional);
  CHECK(fold.newest(SignalKind::kRageClick)->episode.rests_on ==
        std::vector<std::string>{"tab1:1", "tab1:2", "tab1:3"});
}

TEST_CASE("a fourth unanswered click confirms") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 4; ++i) fold(v.click(i * 300, Reaction::kNone));
  CHECK(fold.newest(SignalKind::kRageClick)->episode.grade == Grade::kConfirmed);
}

TEST_CASE("three clicks and a dead one confirm") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 3; ++i) fold(v.click(i * 300, Reaction::kNone));
  fold(v.outcome(700, 1, 600, Reaction::kNone));
  CHECK(fold.newest(SignalKind::kRageClick)->episode.grade == Grade::kConfirmed);
}

TEST_CASE("a second confirmed burst on the element within a minute is repeated, later it is not") {
  for (const auto& [second_at, grade] : {std::pair{12'000, Grade::kRepeated}, std::pair{90'000, Grade::kConfirmed}}) {
    Folder fold;
    Visit v("a");
    for (int i = 0; i < 4; ++i) fold(v.click(i * 300, Reaction::kNone));
    for (int i = 0; i < 4; ++i) fold(v.click(second_at + i * 300, Reaction::kNone));
    CHECK(fold.newest(SignalKind::kRageClick)->episode.grade == grade);
  }
}

TEST_CASE("a reaction takes provisional rage back") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 3; ++i) fold(v.click(i * 300, Reaction::kNone));
  fold(v.outcome(1100, 2, 600, Reaction::kSome));
  CHECK(fold.newest(SignalKind::kRageClick)->state == SignalState::kRetracted);
  CHECK(fold.visitor.journey.evidence.episodes.empty());
}

TEST_CASE("clicks that are answered, excused, slow or elsewhere are not rage") {
  const auto raged = [](auto make) {
    Folder fold;
    Visit v("a");
    for (int i = 0; i < 10; ++i) fold(make(v, i));
    return fold.newest(SignalKind::kRageClick).has_value();
  };
  CHECK_FALSE(raged([](Visit& v, int i) { return v.click(i * 200, Reaction::kSome); }));  // a stepper that works
  CHECK_FALSE(raged([](Visit& v, int i) {
    return v.click(i * 200, Reaction::kNone, "button:plus", kExcuseRage);
  }));                                                                                       // a stepper at its end
  CHECK_FALSE(raged([](Visit& v, int i) { return v.click(i * 700, Reaction::kNone); }));     // too slow
  CHECK_FALSE(raged([](Visit& v, int i) { return v.click(i * 200, Reaction::kUnknown); }));  // the page could not watch
  CHECK(raged([](Visit& v, int i) { return v.click(i * 200, Reaction::kNone); }));           // and this one is
}

TEST_CASE("other elements far away do not make a burst") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 6; ++i) {
    Record r = v.click(i * 200, Reaction::kNone, "button:" + std::to_string(i));
    std::get<Click>(std::get<Event>(r.body).fact).x = i * 200;
    fold(r);
  }
  CHECK_FALSE(fold.newest(SignalKind::kRageClick));
}
