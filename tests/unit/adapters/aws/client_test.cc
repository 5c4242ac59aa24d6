// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/client.h"

#include <doctest/doctest.h>

#include "base/utc.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/adapters/aws/scripted_http.h"

using namespace handrail;
using namespace handrail::test;

namespace {

// A client of a table service that answers as it was told. Pauses pass at once, on its clock.
struct Service {
  FakeClock clock;
  ScriptedHttp http;
  std::string access_key_id = "ID";
  aws::CredentialChain credentials{{[this](const std::string& name) -> std::optional<std::string> {
                                      if (name == "AWS_ACCESS_KEY_ID") return access_key_id;
                                      if (name == "AWS_SECRET_ACCESS_KEY") return "secret";
                                      return std::nullopt;
                                    },
                                    "/nowhere"},
                                   http,
                                   clock};
  std::vector<Millis> pauses;
  aws::Client client{{{"eu-central-1", "dynamodb"}, ""},
                     {http, credentials, clock,
                      [this](Millis span) {
                        pauses.push_back(span);
                        clock.advance(span);
                      },
                      [] { return .5; }}};

  aws::Client::Reply get() { return client.call("DynamoDB_20120810.GetItem", "{}"); }
  void refuse(int status, const std::string& type, aws::Fields headers = {}) {
    http.answer(status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type + R"(","message":"no"})",
                std::move(headers));
  }
};

}  // namespace

TEST_CASE("a call goes signed to the region's endpoint") {
  Service service;
  service.http.answer(200, R"({"Item":{}})");
  CHECK(*service.get() == R"({"Item":{}})");
  const aws::HttpCall& call = service.http.calls.front();
  CHECK(call.url == "https://dynamodb.eu-central-1.amazonaws.com/");
  CHECK(field(call, "host") == "dynamodb.eu-central-1.amazonaws.com");
  CHECK(field(call, "x-amz-target") == "DynamoDB_20120810.GetItem");
  CHECK(field(call, "authorization").find("Credential=ID/") != std::string::npos);
}

TEST_CASE("what may pass is repeated with growing pauses, what will not is not") {
  Service service;
  service.refuse(400, "ProvisionedThroughputExceededException");
  service.refuse(500, "InternalServerError");
  service.http.answers.push_back(fail(ErrorCode::kTimeout, "silence"));
  service.http.answer(200, "{}");
  CHECK(service.get());
  CHECK(service.pauses == std::vector<Millis>{25, 50, 100});
  CHECK(service.client.counters().throttled == 1);
  CHECK(service.client.counters().repeats == 3);
  service.refuse(400, "ConditionalCheckFailedException");
  const auto refused = service.get();
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().type == "ConditionalCheckFailedException");
  CHECK(refused.error().message == "no");
  CHECK(service.http.calls.size() == 5);
}

TEST_CASE("it gives up after its tries, or when its time is over") {
  Service service;
  for (int i = 0; i < 9; ++i) service.refuse(503, "ServiceUnavailable");
  CHECK(service.get().error().code == ErrorCode::kUnavailable);
  CHECK(service.http.calls.size() == 4);
  service.http.calls.clear();
  aws::Client hasty{{{"eu-central-1", "dynamodb"}, "", "x", {4, 4000, 60'000}, kSecond, kSecond, 3 * kSecond},
                    {service.http, service.credentials, service.clock,
                     [&](Millis span) { service.clock.advance(span); }, [] { return .5; }}};
  CHECK_FALSE(hasty.call("T", "{}"));
  CHECK(service.http.calls.size() == 2);  // a pause of 2 s fits, one of 4 s does not
}

TEST_CASE("while a service is down repeats cease") {
  Service service;
  for (int i = 0; i < 100; ++i) CHECK_FALSE(service.get());
  // 500 tokens are 100 repeats; after them each call is one try.
  CHECK(service.http.calls.size() == 200);
  for (int i = 0; i < 20; ++i) service.http.answer(200, "{}");
  for (int i = 0; i < 20; ++i) CHECK(service.get());
  service.refuse(500, "InternalServerError");
  service.http.answer(200, "{}");
  CHECK(service.get());
}

TEST_CASE("a clock that is wrong is set right by the service's own") {
  Service service;
  service.refuse(400, "InvalidSignatureException", {{"date", "Mon, 04 May 2026 09:30:00 GMT"}});
  service.http.answer(200, "{}");
  CHECK(service.get());
  CHECK(field(service.http.calls.back(), "x-amz-date") == "20260504T093000Z");
  CHECK(service.client.counters().clock_corrections == 1);
  // A signature that is wrong for another reason is not tried again.
  service.refuse(400, "InvalidSignatureException", {{"date", "Mon, 04 May 2026 09:30:01 GMT"}});
  CHECK(service.get().error().type == "InvalidSignatureException");
  CHECK(service.http.calls.size() == 3);
}

TEST_CASE("each answer's date says how far the clock strays, as far as a whole second can") {
  Service service;
  service.clock.set(*parse_http_date("Mon, 04 May 2026 09:30:00 GMT") + 400);
  const auto strays_after = [&](aws::Fields headers) {
    service.http.answer(200, "{}", std::move(headers));
    CHECK(service.get());
    return service.client.clock_strays();
  };
  CHECK(strays_after({{"date", "Mon, 04 May 2026 09:30:00 GMT"}}) == 0);
  CHECK(strays_after({{"date", "Mon, 04 May 2026 09:30:07 GMT"}}) == 6600);
  CHECK(strays_after({{"date", "Mon, 04 May 2026 09:29:53 GMT"}}) == -6400);
  CHECK(strays_after({}) == -6400);
}

TEST_CASE("an answer that took long says nothing of the clock") {
  aws::ClockWatch watch;
  watch.note(20'000, 10'000, 11'500);
  CHECK(watch.strays() == 0);
  watch.note(20'000, 10'000, 10'900);
  CHECK(watch.strays() == 9100);
}

TEST_CASE("credentials that ended are looked up again") {
  Service service;
  service.http.answer(200, "{}");
  CHECK(service.get());
  service.access_key_id = "NEXT";
  service.refuse(400, "ExpiredTokenException");
  service.http.answer(200, "{}");
  CHECK(service.get());
  CHECK(field(service.http.calls.back(), "authorization").find("Credential=NEXT/") != std::string::npos);
}
