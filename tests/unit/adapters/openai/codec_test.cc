// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/codec.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "adapters/language/schema.h"
#include "tests/unit/adapters/language/journeys.h"

using namespace handrail;
using namespace handrail::test;
using openai::Rung;
namespace json = boost::json;

namespace {

json::object request_by(Rung rung) {
  return json::parse(openai::request_of({"be brief", "a journey"}, {}, "small", 600, {rung})).as_object();
}

std::string chosen(const std::string& message, const std::string& finish = "stop") {
  return R"({"model":"small-1","choices":[{"index":0,"finish_reason":")" + finish + R"(","message":)" + message +
         R"(}],"usage":{"prompt_tokens":900,"completion_tokens":80}})";
}

void check_refused(const std::string& body, std::string_view why) {
  CAPTURE(body.substr(0, 200));
  const auto answer = openai::answer_in(body, "m");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kCorrupt);
  CHECK(answer.error().message.find(why) != std::string::npos);
}

std::int64_t score_in(const std::string& message) {
  const auto answer = openai::answer_in(chosen(message), "m");
  return answer ? answer->reply.exit_risk_score : -1;
}

}  // namespace

TEST_CASE("a chat request has what any server takes, and the form as the rung asks for it") {
  json::object request = request_by(Rung::kPrompt);
  CHECK(json::serialize(request) ==
        R"({"model":"small","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"a journey"}],)"
        R"("temperature":0,"seed":1,"stream":false,"max_tokens":600})");
  request = request_by(Rung::kObject);
  CHECK(json::serialize(request.at("response_format")) == R"({"type":"json_object"})");
  request = request_by(Rung::kSchema);
  CHECK(request.at("response_format").at("type") == "json_schema");
  const json::value& schema = request.at("response_format").at("json_schema");
  CHECK(schema.at("strict") == true);
  CHECK(schema.at("name") == "journey");
  CHECK(schema.at("schema") == language::schema_of({}));
  request = request_by(Rung::kGrammar);
  CHECK(request.at("grammar").as_string() == json::string(language::grammar_of({})));
  CHECK_FALSE(request.contains("response_format"));
}

TEST_CASE("the answer is the first choice's text, its parts, or what a tool was called with") {
  const auto answer =
      openai::answer_in(chosen(R"({"content":"{\"exit_risk_score\":5}","reasoning_content":"{"})"), "m");
  REQUIRE(answer);
  CHECK(answer->model == "small-1");
  CHECK(answer->input_tokens == 900);
  CHECK(answer->output_tokens == 80);
  CHECK(score_in(R"({"content":"{\"exit_risk_score\":5}"})") == 5);
  CHECK(score_in(R"({"content":[{"type":"text","text":"<think>{</think>{\"exit_risk"},{"text":"_score\":6}"},7]})") ==
        6);
  CHECK(score_in(R"({"content":null,"tool_calls":[{"function":{"arguments":"{\"exit_risk_score\":7}"}}]})") == 7);
  CHECK(score_in(R"({"content":"","tool_calls":[{"function":{"arguments":{"exit_risk_score":8}}}]})") == 8);
}

TEST_CASE("where the server does not name its model, it is the one that was asked for") {
  CHECK(openai::answer_in(R"({"choices":[{"message":{"content":"{\"exit_risk_score\":5}"}}]})", "m")->model == "m");
}

TEST_CASE("any other answer of a chat service is refused by what is wrong with it") {
  check_refused(chosen(R"({"content":"{\"exit_risk_score\":5}"})", "length"), "ended by \"length\"");
  check_refused(chosen(R"({"content":"{\"exit_risk_score\":5}"})", "content_filter"), "content_filter");
  check_refused(chosen(R"({"refusal":"I will not"})"), "refusal: I will not");
  check_refused(chosen(R"({"content":"no"})"), "no JSON object");
  check_refused(chosen("7"), "no JSON object");
  check_refused(R"({"choices":[]})", "no choices");
  check_refused(R"({"choices":[7]})", "no choices");
  check_refused(R"({"error":{"message":"x"}})", "no choices");
  check_refused("<html>", "no JSON");
  check_refused("", "no JSON");
}

TEST_CASE("a refusal is told in the server's words, wherever those are, without the key") {
  const auto words = [](int status, const std::string& body) {
    return openai::refusal_of({status, {}, body}, "sk-1").error.message;
  };
  CHECK(words(401, R"({"error":{"message":"bad key sk-1","param":null}})") == "chat service: status 401: bad key ***");
  CHECK(words(404, R"({"error":"no such model"})") == "chat service: status 404: no such model");
  CHECK(words(400, R"({"object":"error","message":"too long"})") == "chat service: status 400: too long");
  CHECK(words(404, R"({"detail":"Not Found"})") == "chat service: status 404: Not Found");
  CHECK(words(422, R"({"detail":[{"loc":["body","seed"],"msg":"no","input":{"response_format":1}}]})") ==
        "chat service: status 422: body seed no ");
  CHECK(words(500, "<html>") == "chat service: status 500");
}

TEST_CASE("only a refusal of the form is one") {
  const auto is_about_form = [](int status, const std::string& body) {
    return openai::is_about_form({status, {}, body});
  };
  CHECK(is_about_form(400, R"({"error":{"message":"unknown","param":"response_format"}})"));
  CHECK(is_about_form(400, R"({"error":{"message":"failed to parse grammar"}})"));
  CHECK(is_about_form(422, R"({"detail":[{"loc":["body","response_format","json_schema"],"msg":"extra"}]})"));
  CHECK_FALSE(is_about_form(422, R"({"detail":[{"loc":["body","seed"],"input":{"response_format":1}}]})"));
  CHECK_FALSE(is_about_form(400, R"({"error":{"message":"context too long"}})"));
  CHECK_FALSE(is_about_form(500, R"({"error":{"message":"grammar"}})"));
  CHECK_FALSE(is_about_form(400, "response_format"));
}

TEST_CASE("newer models are told their bounds by other names, and only a refusal of the names is one") {
  const auto request = json::parse(openai::request_of({"be brief", "a journey"}, {}, "small", 600,
                                                      {Rung::kSchema, openai::Dialect::kReasoning}))
                           .as_object();
  CHECK(request.at("max_completion_tokens") == 600);
  CHECK_FALSE(request.contains("max_tokens"));
  CHECK_FALSE(request.contains("temperature"));
  const auto is_about_bounds = [](int status, std::string_view words) {
    return openai::is_about_bounds({status, {}, json::serialize(json::object{{"error", {{"message", words}}}})});
  };
  CHECK(is_about_bounds(400,
                        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                        "'max_completion_tokens' instead."));
  CHECK(is_about_bounds(400, "Unsupported value: 'temperature' does not support 0 with this model."));
  CHECK_FALSE(is_about_bounds(400, "max_tokens is too large: 600"));
  CHECK_FALSE(is_about_bounds(400, "response_format is not supported"));
  CHECK_FALSE(is_about_bounds(500, "max_tokens is not supported"));
}

TEST_CASE("llama.cpp's server is known by its header, or by its properties behind a proxy") {
  CHECK(openai::is_of_llama_cpp({401, {{"server", "llama.cpp"}}, ""}));
  CHECK(openai::is_of_llama_cpp({200, {{"server", "nginx"}}, R"({"default_generation_settings":{}})"}));
  CHECK_FALSE(openai::is_of_llama_cpp({404, {{"server", "uvicorn"}}, R"({"default_generation_settings":{}})"}));
  CHECK_FALSE(openai::is_of_llama_cpp({200, {}, "<html>"}));
}
