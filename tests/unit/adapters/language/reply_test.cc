// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/reply.h"

#include <doctest/doctest.h>

#include "adapters/language/body.h"

using namespace handrail;

namespace {

constexpr const char* kWhole =
    R"({"key_insights":[{"code":"failed_submits","evidence":"failed_submits"}],"exit_risk_score":80,)"
    R"("engagement_level":"low","recommended_actions":["offer_callback"],"message":"form_stuck"})";

void check_whole(const Result<core::AnalystReply>& reply) {
  REQUIRE(reply);
  CHECK(reply->exit_risk_score == 80);
  CHECK(reply->engagement == "low");
  REQUIRE(reply->insights.size() == 1);
  CHECK(reply->insights[0].code == "failed_submits");
  CHECK(reply->insights[0].evidence == "failed_submits");
  CHECK(reply->actions == std::vector<std::string>{"offer_callback"});
  CHECK(reply->message == "form_stuck");
}

void check_refused(const std::string& text, const std::string& why, const std::string& member = {}) {
  CAPTURE(text.substr(0, 200));
  const auto reply = language::reply_in(text);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == ErrorCode::kCorrupt);
  CHECK(reply.error().message.find(why) != std::string::npos);
  CHECK(reply.error().field == member);
}

std::int64_t score_of(const std::string& number) {
  const auto reply = language::reply_in("{\"exit_risk_score\":" + number + "}");
  return reply ? reply->exit_risk_score : -1;
}

}  // namespace

TEST_CASE("an answer is found whatever is around it") {
  const std::string whole = kWhole;
  check_whole(language::reply_in(whole));
  check_whole(language::reply_in("Sure! Here it is:\n```json\n" + whole + "\n```\nAnything else? {no}"));
  check_whole(language::reply_in("<think>{\"exit_risk_score\": 1} or so</think>\n" + whole));
  check_whole(language::reply_in("<thinking>a {</thinking><think>b</think>" + whole));
  check_whole(language::reply_in("the tag that opens is kept back {</think>" + whole));
}

TEST_CASE("braces and quotation marks within texts are no ends") {
  const auto reply = language::reply_in(R"(x {"exit_risk_score":5,"message":"a } \" { \\"} y })");
  REQUIRE(reply);
  CHECK(reply->message == R"(a } " { \)");
}

TEST_CASE("a score is a whole number, however it is written") {
  CHECK(score_of("75") == 75);
  CHECK(score_of("75.0") == 75);
  CHECK(score_of("7.5e1") == 75);
  CHECK(score_of("1e3") == 1'000);  // whether it is a score, others check
  for (const char* number : {"75.5", "\"75\"", "NaN", "1e400", "1e300", "18446744073709551615", "[75]", "true", "null"})
    CHECK(score_of(number) == -1);
}

TEST_CASE("what may be absent may be null, and the last of two counts") {
  const auto reply = language::reply_in(R"({"exit_risk_score":1,"message":null,"exit_risk_score":2,"more":{"a":[]}})");
  REQUIRE(reply);
  CHECK(reply->exit_risk_score == 2);
  CHECK(reply->engagement.empty());
  CHECK(reply->insights.empty());
  CHECK(reply->actions.empty());
  CHECK(reply->message.empty());
}

TEST_CASE("what is something else is refused by its name") {
  check_refused("", "no JSON object");
  check_refused("I cannot say.", "no JSON object");
  check_refused("<think>well {", "within its thoughts");
  check_refused(R"({"exit_risk_score":5,"message":"and then)", "ends within its JSON object");
  check_refused("{exit_risk_score: 5}", "no JSON");
  check_refused("{}", "no exit_risk_score", "exit_risk_score");
  check_refused(R"({"exit_risk_score":5,"message":7})", "is no text", "message");
  check_refused(R"({"exit_risk_score":5,"engagement_level":[]})", "is no text", "engagement_level");
  check_refused(R"({"exit_risk_score":5,"recommended_actions":"call"})", "is no list", "recommended_actions");
  check_refused(R"({"exit_risk_score":5,"recommended_actions":[1]})", "holds what is no text", "recommended_actions");
  check_refused(R"({"exit_risk_score":5,"key_insights":["x"]})", "holds what is no object", "key_insights");
  check_refused(R"({"exit_risk_score":5,"key_insights":[{"code":1}]})", "is no text", "code");
}

TEST_CASE("what is too long, too deep or no UTF-8 is refused") {
  std::string many = R"({"exit_risk_score":5,"recommended_actions":["a")";
  for (std::size_t i = 0; i < language::kReplyItemsMax; ++i) many += ",\"a\"";
  check_refused(many + "]}", "is too long", "recommended_actions");
  check_refused(std::string(language::kReplyBytesMax + 1, '{'), "is too long");
  check_refused(std::string(30'000, '{'), "ends within its JSON object");
  check_refused("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}", "no JSON");
  check_refused("{\"exit_risk_score\":5,\"message\":\"\xc3\x28\"}", "no JSON");
  check_refused(R"({"exit_risk_score":5,"message":"\ud800"})", "no JSON");
}

TEST_CASE("another's words are told on one line, cut, and without the secret") {
  CHECK(language::spoken("a\nkey sk-1 and sk-1", "sk-1") == "a key *** and ***");
  CHECK(language::spoken(std::string(1'000, 'x'), "").size() == 300);
}

TEST_CASE("tokens are counted as far as they are numbers") {
  const auto body = language::body_in(R"({"a":7,"b":-7,"c":99999999999,"d":"7"})");
  REQUIRE(body);
  CHECK(language::tokens_at(*body, "a") == 7);
  CHECK(language::tokens_at(*body, "b") == 0);
  CHECK(language::tokens_at(*body, "c") == 4'294'967'295);
  CHECK(language::tokens_at(*body, "d") == 0);
  CHECK(language::tokens_at(*body, "e") == 0);
}
