// SPDX-License-Identifier: Apache-2.0
#include "adapters/bedrock/converse_analyst.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "base/utc.h"
#include "tests/unit/adapters/aws/numbered_keys.h"
#include "tests/unit/adapters/aws/scripted_http.h"
#include "tests/unit/adapters/language/journeys.h"
#include "tests/unit/adapters/language/waiting.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

constexpr const char* kAnswer =
    R"({"output":{"message":{"role":"assistant","content":[{"text":"<thinking>hm {</thinking>"},)"
    R"({"toolUse":{"toolUseId":"t","name":"report_journey","input":{"exit_risk_score":71,"message":"form_stuck"}}}]}},)"
    R"("stopReason":"tool_use","usage":{"inputTokens":812,"outputTokens":143,"totalTokens":955}})";

struct Service {
  explicit Service(bedrock::ConverseOptions wanted = {"eu-central-1"}) : options(std::move(wanted)) {}
  Result<Analyst::Answer> read(Millis within = 4'000) { return analyst.read(stuck_on_a_form(), {}, within); }

  const bedrock::ConverseOptions options;
  FakeClock clock;
  KeptPauses pauses{clock};
  ScriptedHttp http;
  int looked = 0;  // for credentials
  aws::CredentialChain credentials{numbered_keys(looked), http, clock};
  bedrock::ConverseAnalyst analyst{options, http, credentials, clock, pauses.waiting()};
};

struct Row {
  int status;
  const char* type;
  ErrorCode code;
  std::size_t calls;
};

}  // namespace

TEST_CASE("Converse is asked, signed, for the model by its encoded id, in the time that is left") {
  Service service;
  service.http.answer(200, kAnswer);
  const auto answer = service.read();
  REQUIRE(answer);
  CHECK(answer->reply.exit_risk_score == 71);
  CHECK(answer->model == "amazon.nova-micro-v1:0");
  CHECK(answer->input_tokens == 812);
  CHECK(answer->output_tokens == 143);
  const aws::HttpCall& call = service.http.calls.front();
  CHECK(call.method == "POST");
  CHECK(call.url == "https://bedrock-runtime.eu-central-1.amazonaws.com/model/amazon.nova-micro-v1%3A0/converse");
  CHECK(call.within == 4'000);
  CHECK(call.connect_within == 1'000);
  CHECK(field(call, "content-type") == "application/json");
  CHECK(field(call, "authorization").find("/eu-central-1/bedrock/aws4_request") != std::string::npos);
  CHECK(service.analyst.provider() == "bedrock");
  CHECK(service.analyst.model() == "amazon.nova-micro-v1:0");
  CHECK(service.analyst.prompt() == "1");
  CHECK(service.analyst.place() == "https://bedrock-runtime.eu-central-1.amazonaws.com");
}

TEST_CASE("with a key of Bedrock's own nothing is signed, and no credentials are looked for") {
  Service service({.region = "us-east-1", .endpoint = "http://127.0.0.1:9/", .api_key = "bedrock-key"});
  service.http.answer(200, kAnswer);
  CHECK(service.read());
  const aws::HttpCall& call = service.http.calls.front();
  CHECK(call.url == "http://127.0.0.1:9/model/amazon.nova-micro-v1%3A0/converse");
  CHECK(field(call, "authorization") == "Bearer bedrock-key");
  CHECK(field(call, "x-amz-date").empty());
  CHECK(service.looked == 0);
  service.http.answer(403, R"({"message":"the key bedrock-key is none"})",
                      {{"x-amzn-errortype", "AccessDeniedException"}});
  const auto refused = service.read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kInvalidArgument);
  CHECK(refused.error().message == "Bedrock Converse: AccessDeniedException: the key *** is none");
  CHECK(service.http.calls.size() == 2);
}

TEST_CASE("each refusal has its own meaning, and only what may pass is asked for again") {
  static constexpr Row kRows[] = {
      {400, "ValidationException", ErrorCode::kInvalidArgument, 1},
      {400, "ThrottlingException", ErrorCode::kLimitExceeded, 1},
      {403, "AccessDeniedException", ErrorCode::kInvalidArgument, 1},
      {404, "ResourceNotFoundException:http://internal.amazon.com/", ErrorCode::kInvalidArgument, 1},
      {408, "ModelTimeoutException", ErrorCode::kTimeout, 1},
      {424, "ModelErrorException", ErrorCode::kCorrupt, 2},
      {429, "ThrottlingException", ErrorCode::kLimitExceeded, 1},
      {429, "ModelNotReadyException", ErrorCode::kLimitExceeded, 1},
      {500, "InternalServerException", ErrorCode::kUnavailable, 2},
      {503, "ServiceUnavailableException", ErrorCode::kUnavailable, 2},
      {502, "", ErrorCode::kUnavailable, 2},
      {302, "", ErrorCode::kInvalidArgument, 1},
  };
  for (const Row& expected : kRows) {
    CAPTURE(expected.status);
    CAPTURE(expected.type);
    Service service;
    for (int k = 0; k < 3; ++k)
      service.http.answer(expected.status, R"({"message":"so it is"})", {{"x-amzn-errortype", expected.type}});
    const auto refused = service.read();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == expected.code);
    CHECK(refused.error().message.find("so it is") != std::string::npos);
    CHECK(refused.error().message.find("http:") == std::string::npos);
    CHECK(service.http.calls.size() == expected.calls);
    CHECK(service.pauses.spans.size() == expected.calls - 1);
  }
}

TEST_CASE("what passes is answered the second time, after a short pause and in what is left of the time") {
  Service service;
  service.http.answer(503, "");
  service.http.answer(200, kAnswer);
  CHECK(service.read());
  CHECK(service.pauses.spans == std::vector<Millis>{150});
  CHECK(service.http.calls[1].within == 3'850);
  CHECK(service.http.calls[0].body == service.http.calls[1].body);
}

TEST_CASE("without time for it there is no second try, nor a first") {
  Service service;
  service.http.answer(503, "");
  service.http.answer(200, kAnswer);
  CHECK(service.read(349).error().code == ErrorCode::kUnavailable);
  CHECK(service.http.calls.size() == 1);
  CHECK(service.read(0).error().code == ErrorCode::kTimeout);
  CHECK(service.http.calls.size() == 1);
}

TEST_CASE("what was not heard is not asked for again") {
  Service service;
  const auto code_of = [&](ErrorCode code) {
    service.http.answers.push_back(fail(code, "so it is"));
    return service.read().error().code;
  };
  CHECK(code_of(ErrorCode::kUnavailable) == ErrorCode::kUnavailable);
  CHECK(code_of(ErrorCode::kTimeout) == ErrorCode::kUnavailable);  // long before its time was over: it broke
  CHECK(code_of(ErrorCode::kLimitExceeded) == ErrorCode::kCorrupt);
  CHECK(service.http.calls.size() == 3);
  CHECK(service.pauses.spans.empty());
}

TEST_CASE("an answer that did not come in its time is a timeout") {
  FakeClock clock;
  const language::Deadline deadline(clock, 400);
  clock.advance(395);
  CHECK(language::unheard({ErrorCode::kTimeout, "silence"}, deadline).code == ErrorCode::kTimeout);
}

TEST_CASE("credentials that expired are looked for once more, at once") {
  Service service;
  service.http.answer(403, R"({"message":"expired"})", {{"x-amzn-errortype", "ExpiredTokenException"}});
  service.http.answer(200, kAnswer);
  CHECK(service.read());
  CHECK(service.pauses.spans.empty());
  CHECK(field(service.http.calls[0], "authorization") != field(service.http.calls[1], "authorization"));
  for (int i = 0; i < 3; ++i) service.http.answer(403, "{}", {{"x-amzn-errortype", "ExpiredTokenException"}});
  CHECK(service.read().error().code == ErrorCode::kInvalidArgument);
  CHECK(service.http.calls.size() == 4);
}

TEST_CASE("without credentials anywhere it is refused for good") {
  FakeClock clock;
  ScriptedHttp http;
  aws::CredentialChain none{{[](const std::string&) { return std::nullopt; }, "/nowhere"}, http, clock};
  bedrock::ConverseAnalyst analyst({"us-east-1"}, http, none, clock);
  CHECK(analyst.read(just_arrived(), {}, 1'000).error().code == ErrorCode::kInvalidArgument);
}
