// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>

#include "gateway/codec/intake.h"
#include "tests/simulation/goldens.h"
#include "tests/simulation/shared_world.h"
#include "tests/simulation/world.h"

using namespace handrail;
using namespace handrail::test;

// day.ndjson is what pages sent, and what they answered to the offers that a real server made:
//   handrail simulate --rate 13 --duration 72 --seed 3 --batch 20 --record day.ndjson
// Folded again, it must decide the same.
namespace {

namespace json = boost::json;

AnswerKind answer_named(std::string_view name) {
  for (int i = 0; i < 5; ++i) {
    if (name_of(static_cast<AnswerKind>(i)) == name) return static_cast<AnswerKind>(i);
  }
  FAIL("no such answer: " << name);
  return AnswerKind::kDisplayed;
}

void take_batch(const json::object& line, UnixMicros received_at, std::vector<Record>& records) {
  std::string body = json::serialize(line.at("body"));
  const std::string agent(line.at("userAgent").as_string());
  auto intake = gateway::read_sdk_batch(body, gateway::arrival_of(agent, received_at), {});
  REQUIRE(intake);
  for (const auto& result : intake->results) REQUIRE_FALSE(result.fault);
  std::move(intake->records.begin(), intake->records.end(), std::back_inserter(records));
}

// "/v1/interventions/ID/ANSWER"
void take_answer(const json::object& line, UnixMicros received_at, std::vector<Record>& records) {
  const std::string path(line.at("path").as_string());
  const std::size_t id_at = std::string("/v1/interventions/").size();
  const auto id = Id128::parse(path.substr(id_at, 32));
  REQUIRE(id);
  const json::object& body = line.at("body").as_object();
  Answer answer{InterventionId{*id}, answer_named(path.substr(id_at + 33))};
  answer.forever = body.contains("forever") && body.at("forever").as_bool();
  records.push_back({"default", std::string(body.at("anonymousId").as_string()), received_at, 0, answer});
}

std::vector<Record> recorded_day() {
  std::ifstream file(HANDRAIL_RECORDED_DAY);
  std::vector<Record> records;
  for (std::string text; std::getline(file, text);) {
    const json::object line = json::parse(text).as_object();
    const UnixMicros received_at = (kStart + line.at("at").as_int64()) * 1000;
    line.at("path") == "/h/e" ? take_batch(line, received_at, records) : take_answer(line, received_at, records);
  }
  return records;
}

}  // namespace

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
