// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/chat_analyst.h"

#include <doctest/doctest.h>

#include "tests/unit/adapters/aws/scripted_http.h"
#include "tests/unit/adapters/language/journeys.h"
#include "tests/unit/adapters/language/waiting.h"

using namespace handrail;
using namespace handrail::test;

namespace {

constexpr const char* kAnswer =
    R"({"choices":[{"finish_reason":"stop","message":{"content":"{\"exit_risk_score\":5}"}}]})";
constexpr const char* kNoMaxTokens =
    R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","param":"max_tokens"}})";
constexpr const char* kNoForm = R"({"error":{"message":"response_format is not supported"}})";

struct Server {
  Result<Analyst::Answer> read(Millis within = 4'000) { return analyst.read(stuck_on_a_form(), {}, within); }
  void say_what_it_is(const char* name) { http.answer(404, "{}", {{"server", name}}); }
  // What was asked for of the answer's form by the newest request.
  std::string form() const {
    const std::string& body = http.calls.back().body;
    for (const char* word : {"\"grammar\":", "json_schema", "json_object"})
      if (body.find(word) != std::string::npos) return word;
    return "none";
  }

  FakeClock clock;
  KeptPauses pauses{clock};
  ScriptedHttp http;
  openai::ChatAnalyst analyst{{"http://127.0.0.1:8000/v1/", "small", "sk-1"}, http, clock, pauses.waiting()};
};

struct Row {
  int status;
  ErrorCode code;
  std::size_t calls;
};

}  // namespace

TEST_CASE("a chat service is asked at its path, with its key and the time that is left") {
  Server server;
  server.say_what_it_is("uvicorn");
  server.http.answer(200, kAnswer);
  const auto answer = server.read();
  REQUIRE(answer);
  CHECK(answer->reply.exit_risk_score == 5);
  CHECK(answer->model == "small");
  REQUIRE(server.http.calls.size() == 2);
  CHECK(server.http.calls[0].method == "GET");
  CHECK(server.http.calls[0].url == "http://127.0.0.1:8000/props");
  CHECK(server.http.calls[0].headers.empty());
  CHECK(server.http.calls[0].within == 500);
  const aws::HttpCall& call = server.http.calls[1];
  CHECK(call.method == "POST");
  CHECK(call.url == "http://127.0.0.1:8000/v1/chat/completions");
  CHECK(field(call, "authorization") == "Bearer sk-1");
  CHECK(field(call, "content-type") == "application/json");
  CHECK(call.within == 4'000);
  CHECK(call.connect_within == 1'000);
  CHECK(server.form() == "json_schema");
  CHECK(server.analyst.provider() == "openai");
  CHECK(server.analyst.model() == "small");
  CHECK(server.analyst.place() == "http://127.0.0.1:8000/v1");
}

TEST_CASE("llama.cpp's server is given the grammar, and looked at once") {
  Server server;
  server.say_what_it_is("llama.cpp");
  server.http.answer(200, kAnswer);
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.form() == "\"grammar\":");
  CHECK(server.read());
  CHECK(server.http.calls.size() == 3);
}

TEST_CASE("a form that is refused is not asked for again, for an hour") {
  Server server;
  server.say_what_it_is("vllm");
  server.http.answer(400, kNoForm);
  server.http.answer(422, R"({"detail":[{"loc":["body","response_format"],"msg":"extra"}]})");
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.http.calls.size() == 4);
  CHECK(server.form() == "none");
  CHECK(server.pauses.spans.empty());
  server.clock.advance(openai::Ladder::kRemembered - 1);
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.http.calls.size() == 5);
  CHECK(server.form() == "none");
  server.clock.advance(1);
  server.say_what_it_is("llama.cpp");
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.form() == "\"grammar\":");
}

TEST_CASE("a model that refuses max_tokens is asked by the newer name, for an hour, whatever the form") {
  Server server;
  const auto has = [&](const char* name) { return server.http.calls.back().body.find(name) != std::string::npos; };
  server.say_what_it_is("x");
  server.http.answer(400, kNoMaxTokens);
  server.http.answer(400, kNoForm);
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.http.calls.size() == 4);
  CHECK(server.form() == "json_object");
  CHECK(has("\"max_completion_tokens\":600"));
  CHECK_FALSE(has("temperature"));
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.http.calls.size() == 5);
  CHECK(has("max_completion_tokens"));
  server.clock.advance(openai::Ladder::kRemembered);
  server.say_what_it_is("x");
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(has("\"max_tokens\":600"));
}

TEST_CASE("a model that refuses either name of its bounds is not asked for ever") {
  Server server;
  server.say_what_it_is("x");
  server.http.answer(400, kNoMaxTokens);
  server.http.answer(400, kNoMaxTokens);
  const auto refused = server.read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kInvalidArgument);
  CHECK(server.http.calls.size() == 3);
}

TEST_CASE("a login in the URL is used, and not shown") {
  FakeClock clock;
  KeptPauses pauses{clock};
  ScriptedHttp http;
  openai::ChatAnalyst analyst{{"http://me:pass@host/v1", "small", {}}, http, clock, pauses.waiting()};
  http.answer(404, "{}", {{"server", "x"}});
  http.answer(200, kAnswer);
  CHECK(analyst.read(stuck_on_a_form(), {}, 4'000));
  CHECK(http.calls.back().url == "http://me:pass@host/v1/chat/completions");
  CHECK(analyst.place() == "http://host/v1");
}

TEST_CASE("below the last rung there is none") {
  Server server;
  server.say_what_it_is("x");
  for (int i = 0; i < 5; ++i) server.http.answer(400, kNoForm);
  const auto refused = server.read();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kInvalidArgument);
  CHECK(refused.error().message == "chat service: status 400: response_format is not supported");
  CHECK(server.http.calls.size() == 4);
}

TEST_CASE("without time for another request the step down serves the next question") {
  Server server;
  server.say_what_it_is("x");
  server.http.answer(400, kNoForm);
  CHECK(server.read(199).error().code == ErrorCode::kInvalidArgument);
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.form() == "json_object");
}

TEST_CASE("each refusal of a chat service has its own meaning, and only what may pass is asked for again") {
  static constexpr Row kRows[] = {
      {400, ErrorCode::kInvalidArgument, 1}, {401, ErrorCode::kInvalidArgument, 1},
      {403, ErrorCode::kInvalidArgument, 1}, {404, ErrorCode::kInvalidArgument, 1},
      {408, ErrorCode::kTimeout, 1},         {424, ErrorCode::kCorrupt, 2},
      {429, ErrorCode::kLimitExceeded, 1},   {500, ErrorCode::kUnavailable, 2},
      {503, ErrorCode::kUnavailable, 2},     {504, ErrorCode::kUnavailable, 2},
  };
  for (const Row& expected : kRows) {
    CAPTURE(expected.status);
    Server server;
    server.say_what_it_is("x");
    for (int i = 0; i < 3; ++i) server.http.answer(expected.status, R"({"error":{"message":"the key sk-1 or so"}})");
    const auto refused = server.read();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == expected.code);
    CHECK(refused.error().message.find("the key *** or so") != std::string::npos);
    CHECK(server.http.calls.size() == 1 + expected.calls);
    CHECK(server.pauses.spans.size() == expected.calls - 1);
  }
}

TEST_CASE("a chat service that passes its weakness is asked a second time, if there is time") {
  Server server;
  server.say_what_it_is("x");
  server.http.answer(503, "");
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.http.calls.back().within == 3'850);
  server.http.answer(503, "");
  CHECK(server.read(349).error().code == ErrorCode::kUnavailable);
  CHECK(server.http.calls.size() == 4);
  CHECK(server.read(0).error().code == ErrorCode::kTimeout);
  CHECK(server.http.calls.size() == 4);
}

TEST_CASE("a server that nobody reached is not remembered to be any") {
  Server server;
  server.http.answers.push_back(fail(ErrorCode::kUnavailable, "refused"));
  server.http.answers.push_back(fail(ErrorCode::kUnavailable, "refused"));
  CHECK(server.read().error().code == ErrorCode::kUnavailable);
  server.say_what_it_is("llama.cpp");
  server.http.answer(200, kAnswer);
  CHECK(server.read());
  CHECK(server.form() == "\"grammar\":");
}

TEST_CASE("of what calls at the same time found out, what is further down holds") {
  FakeClock clock;
  openai::Ladder ladder(clock);
  using openai::Rung;
  CHECK_FALSE(ladder.rung());
  CHECK(ladder.begin_at(Rung::kGrammar) == Rung::kGrammar);
  CHECK(ladder.step_down(Rung::kSchema) == Rung::kObject);
  CHECK(ladder.step_down(Rung::kGrammar) == Rung::kObject);
  CHECK(ladder.begin_at(Rung::kGrammar) == Rung::kObject);
  CHECK(ladder.step_down(Rung::kObject) == Rung::kPrompt);
  CHECK_FALSE(ladder.step_down(Rung::kPrompt));
  clock.advance(openai::Ladder::kRemembered);
  CHECK_FALSE(ladder.rung());
  CHECK(ladder.step_down(Rung::kGrammar) == Rung::kSchema);
}
