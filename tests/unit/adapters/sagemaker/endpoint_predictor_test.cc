// SPDX-License-Identifier: Apache-2.0
#include "adapters/sagemaker/endpoint_predictor.h"

#include <doctest/doctest.h>

#include "base/utc.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/adapters/aws/numbered_keys.h"
#include "tests/unit/adapters/aws/scripted_http.h"

using namespace handrail;
using namespace handrail::test;

namespace {

struct Endpoint {
  Result<std::vector<double>> ask(Millis within = 400) {
    const std::vector<std::vector<float>> rows{{1.5F, 2.0F}};
    return predictor.ask(rows, within);
  }

  FakeClock clock;
  ScriptedHttp http;
  int looked = 0;  // for credentials
  aws::CredentialChain credentials{numbered_keys(looked), http, clock};
  sagemaker::EndpointPredictor predictor{{"eu-central-1", "exit-risk", "blue", ""}, http, credentials, clock};
};

}  // namespace

TEST_CASE("a row goes signed to the endpoint of the region, with the time that is left for it") {
  Endpoint endpoint;
  endpoint.http.answer(200, "0.75", {{"content-type", "text/csv; charset=utf-8"}});
  CHECK(*endpoint.ask() == std::vector<double>{0.75});
  const aws::HttpCall& call = endpoint.http.calls.front();
  CHECK(call.method == "POST");
  CHECK(call.url == "https://runtime.sagemaker.eu-central-1.amazonaws.com/endpoints/exit-risk/invocations");
  CHECK(call.body == "1.5,2\n");
  CHECK(call.within == 400);
  CHECK(field(call, "host") == "runtime.sagemaker.eu-central-1.amazonaws.com");
  CHECK(field(call, "content-type") == "text/csv");
  CHECK(field(call, "accept") == "text/csv");
  CHECK(field(call, "x-amzn-sagemaker-target-variant") == "blue");
  CHECK(field(call, "authorization").find("/eu-central-1/sagemaker/aws4_request") != std::string::npos);
  CHECK(field(call, "authorization").find("x-amzn-sagemaker-target-variant") != std::string::npos);
}

TEST_CASE("a refusal is told in the service's words, and not repeated") {
  Endpoint endpoint;
  endpoint.http.answer(424, R"({"OriginalStatusCode":400,"Message":"Received client error: 400"})",
                       {{"x-amzn-errortype", "ModelError"}});
  const auto refused = endpoint.ask();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "SageMaker InvokeEndpoint: ModelError: Received client error: 400");
  endpoint.http.answer(503, "", {});
  CHECK(endpoint.ask().error().code == ErrorCode::kUnavailable);
  endpoint.http.answers.push_back(fail(ErrorCode::kTimeout, "silence"));
  CHECK(endpoint.ask().error().code == ErrorCode::kTimeout);
  CHECK(endpoint.http.calls.size() == 3);
}

TEST_CASE("with newer credentials, or by the service's clock, it asks once more") {
  Endpoint endpoint;
  SUBCASE("a token that expired") {
    endpoint.http.answer(403, R"({"message":"expired"})", {{"x-amzn-errortype", "ExpiredTokenException"}});
    endpoint.http.answer(200, "0.5");
    CHECK(endpoint.ask());
    CHECK(field(endpoint.http.calls[0], "authorization") != field(endpoint.http.calls[1], "authorization"));
  }
  SUBCASE("a clock that is an hour behind") {
    const std::string theirs = utc(kStart + kHour, "%a, %d %b %Y %H:%M:%S GMT");
    endpoint.http.answer(403, R"({"message":"Signature expired"})",
                         {{"x-amzn-errortype", "InvalidSignatureException"}, {"date", theirs}});
    endpoint.http.answer(200, "0.5");
    CHECK(endpoint.ask());
    CHECK(field(endpoint.http.calls[1], "x-amz-date") == utc(kStart + kHour, "%Y%m%dT%H%M%SZ"));
  }
  SUBCASE("a wrong secret stays wrong") {
    endpoint.http.answer(403, "{}", {{"x-amzn-errortype", "InvalidSignatureException"}});
    CHECK_FALSE(endpoint.ask());
    CHECK(endpoint.http.calls.size() == 1);
  }
}
