// SPDX-License-Identifier: Apache-2.0
#include "base/circuit_breaker.h"

#include <doctest/doctest.h>

using namespace handrail;
using State = CircuitBreaker::State;

namespace {

// A breaker and its own time.
struct Calls {
  // A call with this outcome; false: it was not let out.
  bool call(bool is_good) {
    const auto ticket = breaker.admit(now);
    if (ticket) breaker.note(*ticket, is_good, now);
    return ticket.has_value();
  }
  void fail(int times) {
    for (int i = 0; i < times; ++i) call(false);
  }
  void pass(Millis span) { now += span * 1000; }
  State state() const { return breaker.state(now); }

  CircuitBreaker breaker;
  std::int64_t now = 1'000'000;
};

}  // namespace

TEST_CASE("five failures in a row open it, four and a success do not") {
  Calls calls;
  calls.fail(4);
  calls.call(true);
  calls.fail(4);
  CHECK(calls.state() == State::kClosed);
  calls.fail(1);
  CHECK(calls.state() == State::kOpen);
  CHECK_FALSE(calls.call(true));
}

TEST_CASE("more than half of the newest twenty open it, ten of them do not") {
  Calls calls;
  for (int i = 0; i < 40; ++i) calls.call(i % 2 == 0);
  CHECK(calls.state() == State::kClosed);
  calls.call(true);
  for (int i = 0; i < 2; ++i) calls.call(false);  // in place of an older success
  CHECK(calls.state() == State::kOpen);
}

TEST_CASE("after its time one call is tried, and closes it") {
  Calls calls;
  calls.fail(5);
  calls.pass(29'999);
  CHECK_FALSE(calls.breaker.would_admit(calls.now));
  calls.pass(1);
  CHECK(calls.state() == State::kHalfOpen);
  const auto tried = calls.breaker.admit(calls.now);
  REQUIRE(tried);
  CHECK_FALSE(calls.breaker.admit(calls.now));  // one only
  CHECK(calls.state() == State::kHalfOpen);
  calls.breaker.note(*tried, true, calls.now);
  CHECK(calls.state() == State::kClosed);
  calls.fail(4);  // what was before is forgotten
  CHECK(calls.state() == State::kClosed);
}

TEST_CASE("a tried call that fails opens it for twice as long, up to ten minutes") {
  Calls calls;
  calls.fail(5);
  for (const Millis span : {30'000, 60'000, 120'000, 240'000, 480'000, 600'000, 600'000}) {
    CAPTURE(span);
    calls.pass(span - 1);
    CHECK_FALSE(calls.call(false));
    calls.pass(1);
    CHECK(calls.call(false));
  }
  calls.pass(600'000);
  calls.call(true);
  calls.fail(5);
  calls.pass(30'000);
  CHECK(calls.call(true));  // it begins with the short span again
}

TEST_CASE("what was sent before it opened says nothing of the tried call") {
  Calls calls;
  const auto slow = calls.breaker.admit(calls.now);
  REQUIRE(slow);
  calls.fail(5);
  calls.breaker.note(*slow, true, calls.now);
  CHECK(calls.state() == State::kOpen);
  calls.pass(30'000);
  REQUIRE(calls.breaker.admit(calls.now));
  calls.breaker.note(*slow, true, calls.now);
  CHECK(calls.state() == State::kHalfOpen);
}

TEST_CASE("a tried call of which nothing is heard does not keep it shut for good") {
  Calls calls;
  calls.fail(5);
  calls.pass(30'000);
  REQUIRE(calls.breaker.admit(calls.now));
  calls.pass(29'999);
  CHECK_FALSE(calls.breaker.admit(calls.now));
  calls.pass(1);
  CHECK(calls.call(true));
  CHECK(calls.state() == State::kClosed);
}
