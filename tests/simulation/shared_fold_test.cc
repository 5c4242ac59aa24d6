// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/id.h"
#include "tests/simulation/fixture.h"
#include "tests/simulation/goldens.h"
#include "tests/simulation/shared_world.h"
#include "tests/simulation/world.h"

// Workers without a state of their own, called with batches that may come twice, decide what one embedded worker does.
using namespace handrail;
using namespace handrail::test;

namespace {

constexpr SharedWeather kStorm{
    .unavailable = 8, .unheard = 8, .delivered_again = 20, .overlaps = 25, .compactions = 50, .batch_max = 7};

}  // namespace

TEST_CASE("the fixture gives its golden hash from batches of 1 and 4 shards, calm or with everything going wrong") {
  for (const std::size_t shards : {1U, 4U}) {
    CAPTURE(shards);
    SharedWorld calm(shards, {}, 1);
    calm.play(fixture());
    CHECK(id_of({calm.outcome()}).hex() == kGoldenOfFixture);
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(seed);
      SharedWorld stormy(shards, kStorm, seed);
      stormy.play(fixture());
      CHECK(id_of({stormy.outcome()}).hex() == kGoldenOfFixture);
      CHECK(stormy.troubles() > 50);
    }
  }
}

TEST_CASE("seeded visitors decide the same in batches as embedded, whatever goes wrong") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    const auto records = population(seed, 12, 15 * kMinute);
    World embedded(1, {}, seed);
    embedded.play(records);
    SharedWorld stormy(3, kStorm, seed);
    stormy.play(records);
    CHECK(embedded.count(Table::kDecisions) > 0);
    CHECK(embedded.outcome() == stormy.outcome());
  }
}

TEST_CASE("every offer that is made is told, whatever goes wrong") {
  SharedWorld calm(2, {}, 3);
  calm.play(fixture());
  SharedWorld stormy(2, kStorm, 3);
  stormy.play(fixture());
  const auto distinct = [](const std::vector<InterventionId>& told) {
    return std::set<InterventionId>(told.begin(), told.end());
  };
  CHECK(calm.told().size() > 3);
  CHECK(distinct(calm.told()) == distinct(stormy.told()));
}
