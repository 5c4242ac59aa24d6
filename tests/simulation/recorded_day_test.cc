// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/recorded_day.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/simulation/goldens.h"
#include "tests/simulation/shared_world.h"
#include "tests/simulation/world.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("a recorded day gives its golden decisions, over 1 and 3 partitions, calm or killed in mid-batch") {
  const auto records = recorded_day();
  REQUIRE(records.size() > 500);
  World calm(1, {}, 1);
  calm.play(records);
  CHECK(id_of({calm.outcome()}).hex() == kGoldenOfRecordedDay);
  CHECK(calm.count(Table::kDecisions) >= 10);
  World stormy(3, {.kill = 2, .power_loss = 2, .store_fails = 5, .checkpoint = 20, .read_bytes = 3000}, 9);
  stormy.play(records);
  CHECK(id_of({stormy.outcome()}).hex() == kGoldenOfRecordedDay);
}

TEST_CASE("a recorded day gives the same golden decisions from batches, calm or with everything going wrong") {
  const auto records = recorded_day();
  SharedWorld calm(2, {}, 1);
  calm.play(records);
  CHECK(id_of({calm.outcome()}).hex() == kGoldenOfRecordedDay);
  SharedWorld stormy(3, {.unavailable = 5, .unheard = 5, .delivered_again = 20, .overlaps = 20, .batch_max = 9}, 9);
  stormy.play(records);
  CHECK(id_of({stormy.outcome()}).hex() == kGoldenOfRecordedDay);
  CHECK(stormy.troubles() > 100);
}

TEST_CASE("in a recorded day offers were displayed and answered in every way") {
  World world(1, {}, 1);
  world.play(recorded_day());
  std::map<OfferState, int> states;
  for (int i = 0; i < 200; ++i) {
    const auto offers = world.store().interventions(visitor_key("default", "sim-3-" + std::to_string(i)), {50, ""});
    for (const Intervention& offer : offers->items) ++states[offer.state];
  }
  CHECK(states[OfferState::kAccepted] > 0);
  CHECK(states[OfferState::kDismissed] > 0);
  CHECK(states[OfferState::kSnoozed] > 0);
}
