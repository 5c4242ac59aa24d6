// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/id.h"
#include "tests/simulation/fixture.h"
#include "tests/simulation/goldens.h"
#include "tests/simulation/world.h"

using namespace handrail;
using namespace handrail::test;

namespace {

std::string hash_of(World& world) { return id_of({world.outcome()}).hex(); }

}  // namespace

TEST_CASE("one fixture gives one hash of all decisions over 1, 3 and 16 partitions, calm or killed in mid-batch") {
  for (const std::uint32_t partitions : {1U, 3U, 16U}) {
    CAPTURE(partitions);
    World calm(partitions, {}, 1);
    calm.play(fixture());
    CHECK(hash_of(calm) == kGoldenOfFixture);
    CHECK(calm.count(Table::kDecisions) == 17);

    World stormy(partitions, {.kill = 20, .power_loss = 10, .store_fails = 0, .checkpoint = 25, .read_bytes = 300}, 7);
    stormy.play(fixture());
    CHECK(hash_of(stormy) == kGoldenOfFixture);
    CHECK(stormy.kills() > 5);
  }
}

TEST_CASE("seeded visitors decide the same with failing ports, kills and power loss as without") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const auto records = population(seed, 12, 15 * kMinute);
    World calm(1, {}, seed);
    calm.play(records);
    World stormy(1 + seed % 4, {.kill = 3, .power_loss = 3, .store_fails = 25, .checkpoint = 20, .read_bytes = 2000},
                 seed);
    stormy.play(records);
    CHECK(calm.count(Table::kDecisions) > 0);
    CHECK(stormy.kills() > 0);
    CHECK(calm.outcome() == stormy.outcome());
  }
}

TEST_CASE("visitors that rest packed, or leave memory and come back, decide the same") {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const auto records = population(seed, 12, 15 * kMinute);
    World roomy(1, {}, seed);
    roomy.play(records);
    WorkerOptions tight;
    tight.visitors_in_memory = {.open = 2, .packed = 3};
    World crowded(1, {.checkpoint = 90, .read_bytes = 500}, seed, tight);
    crowded.play(records);
    CHECK(roomy.outcome() == crowded.outcome());
  }
}

TEST_CASE("no offer inside a cooldown, at most one live per visitor, bounded state: whatever the seed") {
  for (std::uint32_t seed = 100; seed < 106; ++seed) {
    CAPTURE(seed);
    World world(2, {}, seed);
    world.play(population(seed, 20, 40 * kMinute));
    for (int i = 0; i < 20; ++i) {
      const VisitorKey key = Visit("visitor-" + std::to_string(i)).key();
      auto visitor = world.store().visitor(key);
      REQUIRE((visitor && *visitor));
      const Journey& j = (*visitor)->journey;
      CHECK(j.recent.size() <= EventDigest::kWindow);
      CHECK(j.evidence.episodes.size() <= Evidence::kEpisodesMax);
      CHECK(j.click_window.size() <= ClickMark::kWindow);
      auto offers = world.store().interventions(key, {500, ""});
      REQUIRE(offers);
      UnixMillis later_from = INT64_MAX;
      for (const Intervention& offer : offers->items) {  // newest first
        CHECK(offer.ended_at.value_or(0) <= later_from);
        later_from = offer.made_at;
      }
    }
  }
}

TEST_CASE("an offer is pushed once without a crash, and never twice under one id after it is known to the page") {
  World world(1, {}, 3);
  world.play(fixture());
  auto pushed = world.outbox().pushed;
  std::sort(pushed.begin(), pushed.end());
  const auto distinct = std::unique(pushed.begin(), pushed.end()) - pushed.begin();
  CHECK(distinct > 3);
}

TEST_CASE("the comparison bites: one record less is another outcome") {
  auto records = population(5, 6, 10 * kMinute);
  World whole(1, {}, 5);
  whole.play(records);
  std::erase_if(records,
                [](const Record& r) { return std::holds_alternative<AppStruggle>(std::get<Event>(r.body).fact); });
  World less(1, {}, 5);
  less.play(records);
  CHECK(whole.outcome() != less.outcome());
}
