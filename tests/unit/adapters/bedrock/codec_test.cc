// SPDX-License-Identifier: Apache-2.0
#include "adapters/bedrock/codec.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "adapters/language/schema.h"
#include "tests/unit/adapters/language/journeys.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

json::value request_to(const std::string& model) {
  return json::parse(bedrock::request_of({"be brief", "a journey"}, {}, model, 600));
}

std::string answered(const std::string& content, const std::string& stop = "tool_use") {
  return R"({"output":{"message":{"role":"assistant","content":)" + content + R"(}},"stopReason":")" + stop + R"("})";
}

std::string use_of(const std::string& tool, const std::string& input) {
  return R"({"toolUse":{"toolUseId":"t","name":")" + tool + R"(","input":)" + input + "}}";
}

void check_refused(const std::string& body, std::string_view why) {
  CAPTURE(body.substr(0, 200));
  const auto answer = bedrock::answer_in(body, "m");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kCorrupt);
  CHECK(answer.error().message.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("ids and ARNs are encoded once in the path") {
  CHECK(bedrock::path_of("us.amazon.nova-micro-v1:0") == "/model/us.amazon.nova-micro-v1%3A0/converse");
  CHECK(bedrock::path_of("arn:aws:bedrock:us-east-1:1:inference-profile/abc") ==
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fabc/converse");
}

TEST_CASE("a request has the members that Converse wants, and the tool that must be called") {
  const json::value request = request_to("amazon.nova-micro-v1:0");
  CHECK(json::serialize(request.at("system")) == R"([{"text":"be brief"}])");
  CHECK(json::serialize(request.at("messages")) == R"([{"role":"user","content":[{"text":"a journey"}]}])");
  CHECK(json::serialize(request.at("inferenceConfig")) ==
        R"({"maxTokens":600,"temperature":0,"topP":1,"stopSequences":[]})");
  CHECK(json::serialize(request.at("additionalModelRequestFields")) == R"({"inferenceConfig":{"topK":1}})");
  CHECK(json::serialize(request.at("requestMetadata")) == R"({"app":"handrail","prompt":"1"})");
  CHECK(json::serialize(request.at("toolConfig").at("toolChoice")) == R"({"tool":{"name":"report_journey"}})");
  const json::array& tools = request.at("toolConfig").at("tools").as_array();
  REQUIRE(tools.size() == 1);
  CHECK(tools[0].at("toolSpec").at("name") == "report_journey");
  CHECK(tools[0].at("toolSpec").at("inputSchema").at("json") == language::schema_of({}));
  CHECK(request.as_object().size() == 6);
}

TEST_CASE("what only Nova knows is sent to Nova alone, by whatever name") {
  CHECK(request_to("eu.amazon.nova-lite-v1:0").as_object().contains("additionalModelRequestFields"));
  CHECK(request_to("arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0")
            .as_object()
            .contains("additionalModelRequestFields"));
  const json::value other = request_to("anthropic.claude-haiku-4-5-20251001-v1:0");
  CHECK_FALSE(other.as_object().contains("additionalModelRequestFields"));
  CHECK(json::serialize(other.at("inferenceConfig")) == R"({"maxTokens":600,"temperature":0})");
}

TEST_CASE("the first call of our tool is the answer; a model that only writes may write it") {
  const std::string first = use_of("report_journey", R"({"exit_risk_score":1})");
  const std::string second = use_of("report_journey", R"({"exit_risk_score":2})");
  const std::string other = use_of("other", R"({"exit_risk_score":3})");
  CHECK(bedrock::answer_in(answered("[{\"text\":\"{}\"}," + other + "," + first + "," + second + "]"), "m")
            ->reply.exit_risk_score == 1);
  CHECK(bedrock::answer_in(
            answered(R"([{"text":"<thinking>{</thinking>{\"exit_risk"},{"text":"_score\":4}"}])", "end_turn"), "m")
            ->reply.exit_risk_score == 4);
}

TEST_CASE("any other answer is refused by what is wrong with it") {
  const std::string use = use_of("report_journey", R"({"exit_risk_score":1})");
  for (const char* stop : {"max_tokens", "malformed_tool_use", "guardrail_intervened", "content_filtered", "x\\ny", ""})
    check_refused(answered("[" + use + "]", stop), "ended by");
  check_refused(answered("[]"), "does not call report_journey");
  check_refused(answered("[7,{\"toolUse\":7},{\"toolUse\":{\"name\":7}}]"), "does not call");
  check_refused(answered("[" + use_of("report_journey", "\"{}\"") + "]"), "no object");
  check_refused(answered("[{\"toolUse\":{\"name\":\"report_journey\"}}]"), "does not call");
  check_refused(answered("[" + use_of("report_journey", "{\"exit_risk_score\":\"high\"}") + "]"), "exit_risk_score");
  check_refused(answered("[{\"text\":\"no idea\"}]", "end_turn"), "no JSON object");
  check_refused(answered("{}"), "does not call");
  check_refused("{}", "ended by \"\"");
  check_refused("[]", "no JSON object");
  check_refused("", "no JSON");
  check_refused(answered("[" + use + "]").substr(0, 90), "no JSON");
  check_refused(std::string(300'000, ' '), "too long");
}
