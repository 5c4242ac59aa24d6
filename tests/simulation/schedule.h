// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "simulate/random.h"
#include "tests/support/fake_clock.h"

namespace handrail::test {

// The one order in which everything in a simulated world happens. Time goes on only here; nothing sleeps.
class Schedule {
 public:
  using Work = std::function<void()>;

  explicit Schedule(std::uint64_t seed) : random(seed) {}

  UnixMillis now() const { return clock.now() / 1000; }
  void at(UnixMillis when, Work work) { waiting_.push({std::max(when, now()), ++number_, std::move(work)}); }
  void after(Millis span, Work work) { at(now() + span, std::move(work)); }
  // Some time between the two: the seed decides.
  void within(Millis least, Millis most, Work work) { after(random.between(least, most), std::move(work)); }

  void run_until(UnixMillis end) {
    while (!waiting_.empty() && waiting_.top().at <= end) {
      Entry next = waiting_.top();
      waiting_.pop();
      clock.set(std::max(next.at, now()));
      next.work();
    }
    clock.set(end);
  }

  FakeClock clock;
  simulate::Random random;

 private:
  struct Entry {
    UnixMillis at;
    std::uint64_t number;
    Work work;
    bool operator<(const Entry& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  std::priority_queue<Entry> waiting_;
  std::uint64_t number_ = 0;
};

}  // namespace handrail::test
