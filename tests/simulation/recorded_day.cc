// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/recorded_day.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "gateway/codec/intake.h"

namespace handrail::test {
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

}  // namespace

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

}  // namespace handrail::test
