// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/codec/intake.h"
#include "gateway/small_body.h"
#include "tests/support/fake_clock.h"
#include "tests/support/vectors.h"

// The golden vectors of the protocol (web/protocol/vectors): the SDK's tests read the same file.
using namespace handrail;
using namespace handrail::gateway;
namespace json = boost::json;

namespace {

std::string body_of(const json::object& vector) {
  json::value body = vector.at("body");
  if (const auto* padding = vector.if_contains("dataBytes")) {
    const auto index = static_cast<std::size_t>(padding->at("index").as_int64());
    auto& event = body.as_object().at("events").as_array().at(index).as_object();
    event.at("eventData").as_object()["note"] =
        std::string(static_cast<std::size_t>(padding->at("bytes").as_int64()), 'x');
  }
  return json::serialize(body);
}

}  // namespace

TEST_CASE("every golden batch is decided as the protocol says") {
  const json::value vectors = test::vectors_in(std::string(HANDRAIL_VECTORS) + "/batches.json");
  CHECK(vectors.as_array().size() >= 30);
  for (const auto& item : vectors.as_array()) {
    const json::object& vector = item.as_object();
    CAPTURE(std::string(vector.at("name").as_string()));
    const json::object& expect = vector.at("expect").as_object();
    std::string body = body_of(vector);
    const auto intake = read_sdk_batch(body, arrival_of("Mozilla/5.0", test::kStart * 1000), {});
    if (const auto* refused = expect.if_contains("problem")) {
      REQUIRE_FALSE(intake);
      const HttpResponse answer = envelope_problem(intake.error());
      CHECK(answer.status == refused->at("status").as_int64());
      CHECK(json::parse(answer.body).at("code") == refused->at("code"));
      continue;
    }
    if (!intake) MESSAGE(intake.error().message);
    REQUIRE(intake);
    CHECK(static_cast<std::int64_t>(intake->records.size()) == expect.at("accepted").as_int64());
    json::array results;
    for (const EventResult& result : intake->results) {
      if (result.fault) results.push_back(json::object{{"index", result.index}, {"code", result.fault->code}});
    }
    json::array wanted;
    for (const auto& r : expect.at("results").as_array())
      wanted.push_back(json::object{{"index", r.at("index").to_number<std::uint64_t>()}, {"code", r.at("code")}});
    CHECK(json::serialize(results) == json::serialize(wanted));
  }
}
