// SPDX-License-Identifier: Apache-2.0
#include "simulate/population.h"

#include <doctest/doctest.h>

#include <array>

#include "gateway/codec/intake.h"
#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::test;
using simulate::HiddenState;

namespace {

std::vector<std::string> day_of(std::uint64_t seed, std::size_t batch = 20) {
  simulate::Population population({200, 100, 20 * kSecond, seed});
  simulate::Batches batches(population, batch);
  std::vector<std::string> bodies;
  while (const auto next = batches.next()) bodies.push_back(body_of(*next, population.visitor(next->visitor), 0));
  return bodies;
}

// What came of folding one visit of the first visitors of a state.
struct Seen {
  std::array<int, kSignalKinds> signals{};  // visitors with it, provisional or better
  int visitors = 0, offered = 0, goals = 0;
};

Seen fold_visits(HiddenState state, bool helped = false) {
  Seen seen;
  for (std::uint32_t index = 0; seen.visitors < 40; ++index) {
    simulate::Visitor visitor(7, index);
    if (visitor.state() != state) continue;
    ++seen.visitors;
    Folder fold;
    for (Millis at = 0;;) {
      if (helped) visitor.take_help();
      simulate::Act act = visitor.act(at);
      for (simulate::SimulatedEvent& event : act.events) {
        const simulate::Batch batch{event.at, index, {std::move(event)}};
        std::string body = body_of(batch, visitor, 0);
        auto arrival = gateway::arrival_of(visitor.user_agent(), (kStart + batch.send_at) * 1000);
        auto intake = gateway::read_sdk_batch(body, arrival, {});
        REQUIRE(intake);
        REQUIRE(intake->records.size() == 1);
        fold(intake->records.front());
      }
      if (act.leaves) break;
      at = act.ends + 2000;
    }
    for (std::size_t kind = 0; kind < kSignalKinds; ++kind)
      seen.signals[kind] += fold.newest(static_cast<SignalKind>(kind)) ? 1 : 0;
    for (const Decision& decision : fold.decisions) seen.offered += decision.offered ? 1 : 0;
    seen.goals += visitor.reached_goal() ? 1 : 0;
  }
  return seen;
}

int of(const Seen& seen, SignalKind kind) { return seen.signals[static_cast<std::size_t>(kind)]; }

}  // namespace

TEST_CASE("simulate: one seed gives the same bodies, another seed others") {
  CHECK(day_of(1) == day_of(1));
  CHECK(day_of(1) != day_of(2));
}

TEST_CASE("simulate: events keep the rate, come in order, and each once") {
  simulate::Population population({3000, 500, 20 * kSecond, 3});
  std::size_t count = 0;
  Millis latest = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> newest(population.size());  // tab, seq
  while (const auto next = population.next()) {
    ++count;
    CHECK(next->event.at >= latest);
    latest = next->event.at;
    auto& [tab, seq] = newest[next->visitor];
    if (tab != next->event.tab) seq = 0;
    tab = next->event.tab;
    CHECK(next->event.seq == ++seq);
  }
  CHECK(count > 9000);
  CHECK(count < 10'100);
}

TEST_CASE("simulate: batches leave full, after a second, or at once when urgent, and hold every event") {
  simulate::Population population({200, 100, 20 * kSecond, 3});
  std::size_t alone = 0;
  while (population.next()) ++alone;
  simulate::Population again({200, 100, 20 * kSecond, 3});
  simulate::Batches batches(again, 5);
  std::size_t together = 0;
  Millis latest = 0;
  while (const auto batch = batches.next()) {
    together += batch->events.size();
    CHECK(batch->send_at >= latest);
    latest = batch->send_at;
    CHECK(batch->events.size() <= 5);
    CHECK(batch->send_at - batch->events.front().at <= 1000);
    for (const auto& event : batch->events) {
      if (event.is_urgent) CHECK(batch->send_at - event.at <= 10);
      CHECK(event.tab == batch->events.front().tab);
    }
  }
  CHECK(together == alone);
}

TEST_CASE("simulate: who finishes, hesitates or is a program gives no signal and gets no offer") {
  for (const HiddenState state : {HiddenState::kFinishing, HiddenState::kHesitating, HiddenState::kBot}) {
    CAPTURE(name_of(state));
    const Seen seen = fold_visits(state);
    for (const int visitors : seen.signals) CHECK(visitors == 0);
    CHECK(seen.offered == 0);
  }
}

TEST_CASE("simulate: each kind of trouble gives its signals and leads to offers") {
  const Seen stuck = fold_visits(HiddenState::kStuck);
  CHECK(of(stuck, SignalKind::kValidationRepeat) == stuck.visitors);
  CHECK(of(stuck, SignalKind::kSubmitFailRepeat) > stuck.visitors / 2);
  CHECK(stuck.offered > stuck.visitors / 2);
  const Seen broken = fold_visits(HiddenState::kBroken);
  CHECK(of(broken, SignalKind::kRageClick) == broken.visitors);
  CHECK(of(broken, SignalKind::kDeadClick) == broken.visitors);
  CHECK(broken.offered > broken.visitors / 2);
  const Seen lost = fold_visits(HiddenState::kLost);
  CHECK(of(lost, SignalKind::kAppAttempts) > lost.visitors / 2);
  CHECK(lost.offered > lost.visitors / 2);
}

TEST_CASE("simulate: help makes the goal likelier") {
  for (const HiddenState state : {HiddenState::kStuck, HiddenState::kLost, HiddenState::kBroken}) {
    CAPTURE(name_of(state));
    CHECK(fold_visits(state, true).goals > fold_visits(state).goals + 5);
  }
}
