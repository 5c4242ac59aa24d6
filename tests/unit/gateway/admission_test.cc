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
  CHECK_FALSE(admission.enter(600, 0, first));
  CHECK(admission.enter(600, 0, second) == Admission::Refusal::kBytes);
  CHECK_FALSE(admission.enter(400, 0, second));
  CHECK(admission.enter(1, 0, third) == Admission::Refusal::kBytes);
  first.reset();
  CHECK_FALSE(admission.enter(600, 0, third));
  CHECK(admission.inflight_bytes() == 1000);
}

TEST_CASE("whoever is alone may be larger than the bound") {
  Admission admission({1000, 500, 500, 400});
  Admission::Hold hold;
  CHECK_FALSE(admission.enter(5000, 0, hold));
}

TEST_CASE("the age of the oldest unsynced request closes the door, and its end opens it") {
  Admission admission({1000, 500, 500, 400});
  Admission::Hold hold;
  auto oldest = admission.unsynced(1'000'000);
  auto newer = admission.unsynced(1'400'000);
  CHECK_FALSE(admission.enter(1, 1'500'000, hold));
  CHECK(admission.enter(1, 1'501'000, hold) == Admission::Refusal::kAge);
  oldest.reset();
  CHECK(admission.age(1'501'000) == 101);
  CHECK_FALSE(admission.enter(1, 1'501'000, hold));
}

TEST_CASE("a hiccup of the machine turns nobody away; a thread that comes late for long does") {
  Admission admission({1000, 500, 50, 400});
  Admission::Hold hold;
  admission.tick(1'000'000);
  admission.tick(1'300'000);  // 290 ms late, once
  CHECK_FALSE(admission.enter(1, 1'301'000, hold));
  admission.tick(1'310'000);
  std::int64_t now = 1'410'000;
  for (; now < 1'800'000; now += 100'000) admission.tick(now);
  CHECK_FALSE(admission.enter(1, 1'800'000, hold));
  for (; now < 2'200'000; now += 100'000) admission.tick(now);
  CHECK(admission.enter(1, now, hold) == Admission::Refusal::kLateness);
  admission.tick(now);
  admission.tick(now + 10'000);  // in time again
  CHECK_FALSE(admission.enter(1, now + 11'000, hold));
  admission.tick(now + 110'000);  // a relapse
  CHECK(admission.enter(1, now + 111'000, hold) == Admission::Refusal::kLateness);
}

TEST_CASE("a visitor who floods is held back once room is scarce, and nobody else") {
  Admission admission({1000, 500, 500, 200});
  Admission::Hold body;
  Admission::Hold flood;
  Admission::Hold more;
  Admission::Hold other;
  CHECK_FALSE(admission.enter(400, 0, body));
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 300, flood));
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 100, more));  // plenty of room
  Admission::Hold second;
  CHECK_FALSE(admission.enter(200, 0, second));
  CHECK(admission.enter_visitor(visitor("loud"), 100, other) == Admission::Refusal::kVisitor);
  CHECK_FALSE(admission.enter_visitor(visitor("quiet"), 100, other));
  flood.reset();
  more.reset();
  CHECK_FALSE(admission.enter_visitor(visitor("loud"), 100, more));
}
