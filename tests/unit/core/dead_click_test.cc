// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("a click without reaction is dead: provisional after 600 ms, confirmed after 2500 ms") {
  Folder fold;
  Visit v("a");
  fold(v.click(0, Reaction::kNone));
  CHECK_FALSE(fold.newest(SignalKind::kDeadClick));
  fold(v.outcome(600, 1, 600, Reaction::kNone));
  CHECK(fold.newest(SignalKind::kDeadClick)->state == SignalState::kProvisional);
  fold(v.outcome(2500, 1, 2500, Reaction::kNone));
  CHECK(fold.newest(SignalKind::kDeadClick)->state == SignalState::kConfirmed);
  CHECK(fold.struggle_at(v.from() + 2500) == 15);
}

TEST_CASE("a late reaction retracts a provisional dead click") {
  Folder fold;
  Visit v("a");
  fold(v.click(0, Reaction::kNone));
  fold(v.outcome(600, 1, 600, Reaction::kNone));
  fold(v.outcome(2500, 1, 2500, Reaction::kSome));
  CHECK(fold.newest(SignalKind::kDeadClick)->state == SignalState::kRetracted);
  CHECK(fold.struggle_at(v.from() + 2500) == 0);
}

TEST_CASE("two dead targets within 30 s are repeated; one target takes three bursts") {
  const auto dead_at = [](Folder& fold, Visit& v, Millis at, const char* key, std::uint64_t number) {
    fold(v.click(at, Reaction::kNone, key));
    fold(v.outcome(at + 2500, number, 2500, Reaction::kNone));
  };
  Folder two_targets;
  Visit a("a");
  dead_at(two_targets, a, 0, "button:one", 1);
  Record other = a.click(10'000, Reaction::kNone, "button:two");
  std::get<Click>(std::get<Event>(other.body).fact).x = 500;
  two_targets(other);
  two_targets(a.outcome(12'500, 2, 2500, Reaction::kNone));
  CHECK(two_targets.newest(SignalKind::kDeadClick)->episode.grade == Grade::kRepeated);

  Folder one_target;
  Visit b("b");
  dead_at(one_target, b, 0, "button:one", 1);
  dead_at(one_target, b, 10'000, "button:one", 2);
  CHECK(one_target.newest(SignalKind::kDeadClick)->episode.grade == Grade::kConfirmed);
  dead_at(one_target, b, 20'000, "button:one", 3);
  CHECK(one_target.newest(SignalKind::kDeadClick)->episode.grade == Grade::kRepeated);
}

TEST_CASE("an excused element is never dead") {
  Folder fold;
  Visit v("a");
  fold(v.click(0, Reaction::kNone, "link:statement", kExcuseDead));
  fold(v.outcome(2500, 1, 2500, Reaction::kNone));
  CHECK_FALSE(fold.newest(SignalKind::kDeadClick));
}
