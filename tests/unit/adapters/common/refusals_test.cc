// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/refusals.h"

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("a refusal counts until something is taken, and for ten seconds at most") {
  FakeClock clock;
  Refusals refusals("Kafka", clock);
  CHECK(refusals.health());
  refusals.refused("no leader");
  REQUIRE_FALSE(refusals.health());
  CHECK(refusals.health().error().message == "Kafka takes nothing: no leader");
  refusals.took();
  CHECK(refusals.health());
  refusals.refused("no leader");
  clock.advance(Refusals::kCountsFor);
  CHECK_FALSE(refusals.health());
  clock.advance(1);
  CHECK(refusals.health());
  refusals.refused("still none");
  CHECK_FALSE(refusals.health());
}
