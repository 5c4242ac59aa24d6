// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>

#include "base/archive.h"
#include "tests/simulation/world.h"

using namespace handrail;
using namespace handrail::test;

namespace {

// A fold that breaks on events of the type "poison", after it has changed something.
void breaking_fold(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects) {
  const auto* event = std::get_if<Event>(&logged.record.body);
  if (event != nullptr && event->type == "poison") {
    visitor.journey.clicks = 4711;
    throw std::runtime_error("poisoned");
  }
  fold(context, visitor, logged, effects);
}

WorkerOptions breaking() {
  WorkerOptions options;
  options.fold = breaking_fold;
  return options;
}

}  // namespace

TEST_CASE("one poison record among ten thousand: isolated with its error, its neighbours unaffected") {
  World world(2, {}, 1, breaking());
  std::vector<Record> records;
  for (int i = 0; i < 100; ++i) {
    Visit v("v" + std::to_string(i));
    for (int k = 0; k < 100; ++k) {
      records.push_back(i == 42 && k == 50 ? v.event(k * 100, Custom{}, "poison") : v.page(k * 100));
    }
  }
  world.play(records, kMinute);
  auto letters = world.store().dead_letters(10);
  REQUIRE(letters);
  REQUIRE(letters->size() == 1);
  CHECK(letters->at(0).error == "poisoned");
  const auto record = decode_record(letters->at(0).bytes);
  REQUIRE(record);
  CHECK(std::get<Event>(record->body).type == "poison");

  auto struck = world.store().visitor(Visit("v42").key());
  REQUIRE((struck && *struck));
  CHECK((*struck)->journey.degraded);
  CHECK((*struck)->journey.events == 99);
  CHECK((*struck)->journey.clicks == 0);
  auto neighbour = world.store().visitor(Visit("v41").key());
  CHECK_FALSE((*neighbour)->journey.degraded);
  CHECK((*neighbour)->journey.events == 100);
}

TEST_CASE("folding again around a poison counts an event that came twice under a foreign id once") {
  World world(1, {.checkpoint = 0}, 1, breaking());
  Visit v("a");
  const auto foreign = [&](Millis at) {
    Record r = v.page(at);
    std::get<Event>(r.body).tab_id.clear();
    std::get<Event>(r.body).id = "e-1";
    return r;
  };
  world.play({foreign(0), foreign(1000), v.event(2000, Custom{}, "poison"), v.page(3000)}, kMinute);
  CHECK((*world.store().visitor(v.key()))->journey.events == 2);
  CHECK((*world.store().visitor(v.key()))->journey.degraded);
}

TEST_CASE("bytes that are no record become a dead letter, and folding goes on") {
  World world(1, {}, 1);
  Visit v("a");
  world.play({v.page(0)}, 0);
  world.log().append_bytes(v.key(), "\x63garbage");
  world.play({v.page(1000)}, kMinute);
  REQUIRE(world.store().dead_letters(10)->size() == 1);
  CHECK(world.store().dead_letters(10)->at(0).bytes == "\x63garbage");
  CHECK((*world.store().visitor(v.key()))->journey.events == 2);
  CHECK((*world.store().visitor(v.key()))->journey.degraded);
}
