// SPDX-License-Identifier: Apache-2.0
#include "gateway/admission.h"

#include <doctest/doctest.h>

using namespace handrail;
using namespace handrail::gateway;

namespace {

VisitorKey visitor(const char* name) { return visitor_key("site", name); }

}  // namespace

TEST_CASE("bytes in flight are bounded, and given back when a request is over") {
  Admission admission({1000, 500, 500, 400});
  Admission::Hold first;
  Admission::Hold second;
  Admission::Hold third;
  CHECK_FALSE(admission.enter(600, true, 0, first));
  CHECK(admission.enter(600, true, 0, second) == Admission::Refusal::kBytes);
  CHECK_FALSE(admission.enter(400, true, 0, second));
  CHECK(admission.enter(1, true, 0, third) == Admission::Refusal::kBytes);
  first.reset();
  CHECK_FALSE(admission.enter(600, true, 0, third));
  CHECK(admission.inflight_bytes() == 1000);
}

TEST_CASE("whoever is alone may be larger than the bound") {
  Admission admission({1000, 500, 500, 400});
  Admission::Hold hold;
  CHECK_FALSE(admission.enter(5000, true, 0, hold));
}

TEST_CASE("the age of the oldest unsynced request closes the door, and its end opens it") {
  Admission admission({1000, 500, 500, 400});
  Admission::Hold hold;
  auto oldest = admission.unsynced(1'000'000);
  auto newer = admission.unsynced(1'400'000);
  CHECK_FALSE(admission.enter(1, true, 1'500'000, hold));
  CHECK(admission.enter(1, true, 1'501'000, hold) == Admission::Refusal::kAge);
  oldest.reset();
  CHECK(admission.age(1'501'000) == 101);
  CHECK_FALSE(admission.enter(1, true, 1'501'000, hold));
}

namespace {

// Ticks of an I/O thread that is asked so often between two of them, and comes so late. How many were let in.
int ticks(Admission& admission, std::int64_t& now, int count, std::int64_t late_us, int asked,
          bool can_come_back = true) {
  int admitted = 0;
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < asked; ++k) {
      Admission::Hold hold;
      admitted += admission.enter(1, can_come_back, now, hold) ? 0 : 1;
    }
    now += Admission::kTickEvery * 1000 + late_us;
    admission.tick(now);
  }
  return admitted;
}

}  // namespace

TEST_CASE("while the I/O thread comes late, a shrinking share is let in; in time again, all are before long") {
  Admission admission({1 << 20, 500, 5, 400});
  std::int64_t now = 1'000'000;
  admission.tick(now);
  CHECK(ticks(admission, now, 2, 300'000, 100) == 200);  // a hiccup of the machine turns nobody away
  CHECK(ticks(admission, now, 1, 0, 100) == 100);
  CHECK(ticks(admission, now, 30, 8'000, 100) < 2000);
  CHECK(admission.share() < 0.1);
  CHECK(admission.share() >= Admission::kShareMin);
  const double before = admission.share();
  const int few = ticks(admission, now, 1, 0, 1000);
  CHECK(few > 0);
  CHECK(few < 200);
  CHECK(admission.share() > before);
  ticks(admission, now, static_cast<int>(1 / Admission::kGrow) + 1, 0, 100);
  CHECK(ticks(admission, now, 1, 0, 100) == 100);
}

TEST_CASE("very late shrinks the share faster") {
  Admission slightly({1 << 20, 500, 5, 400});
  Admission very({1 << 20, 500, 5, 400});
  for (Admission* admission : {&slightly, &very}) {
    std::int64_t now = 1'000'000;
    admission->tick(now);
    ticks(*admission, now, 5, admission == &very ? 50'000 : 8'000, 100);
  }
  CHECK(very.share() < slightly.share());
  CHECK(slightly.share() < 1);
}

TEST_CASE("a thread with little to do that comes late lacks the processor: nobody is turned away") {
  Admission admission({1 << 20, 500, 5, 400});
  std::int64_t now = 1'000'000;
  admission.tick(now);
  CHECK(ticks(admission, now, 50, 20'000, Admission::kBusyRequests - 1) == 50 * (Admission::kBusyRequests - 1));
}

TEST_CASE("the last words of a closing page are let in, however late the thread") {
  Admission admission({1 << 20, 500, 5, 400});
  std::int64_t now = 1'000'000;
  admission.tick(now);
  ticks(admission, now, 30, 50'000, 100);
  CHECK(ticks(admission, now, 1, 50'000, 100, false) == 100);
}

TEST_CASE("a visitor who floods is held back once room is scarce, and nobody else") {
  Admission admission({1000, 500, 500, 200});
  Admission::Hold body;
  Admission::Hold flood;
  Admission::Hold more;
  Admission::Hold other;
  CHECK_FALSE(admission.enter(400, true, 0, body));
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 300, flood));
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 100, more));  // plenty of room
  Admission::Hold second;
  CHECK_FALSE(admission.enter(200, true, 0, second));
  CHECK(admission.enter_visitor(visitor("loud"), 100, other) == Admission::Refusal::kVisitor);
  CHECK_FALSE(admission.enter_visitor(visitor("quiet"), 100, other));
  flood.reset();
  more.reset();
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 100, more));
}
