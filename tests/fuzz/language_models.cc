// SPDX-License-Identifier: Apache-2.0
#include "adapters/bedrock/codec.h"
#include "adapters/language/reply.h"
#include "adapters/openai/codec.h"
#include "base/check.h"
#include "core/analysis/builtin_analyst.h"
#include "tests/fuzz/targets.h"

namespace handrail::fuzz {
namespace {

constexpr const char* kReply =
    R"({"key_insights":[{"code":"failed_submits","evidence":"failed_submits"}],"exit_risk_score":80.0,)"
    R"("engagement_level":"low","recommended_actions":["offer_callback","rm"],"message":"form \"stuck\" {"})";

core::Digest digest() {
  core::Digest one;
  one.base = 60;
  one.facts = {{core::FactName::kSecondsSpent, 90}, {core::FactName::kFailedSubmits, 2}};
  return one;
}

// Whatever was read, what comes of it is of the site's words and within bounds.
void check_reply(const core::AnalystReply& reply) {
  check(reply.insights.size() <= language::kReplyItemsMax, "insights are few");
  check(reply.actions.size() <= language::kReplyItemsMax, "actions are few");
  for (const bool own_words : {false, true}) {
    core::AnalystRules rules;
    rules.own_words = own_words;
    const core::Digest of = digest();
    const core::Analysis out = core::grounded(reply, core::read_journey(of, rules), of, rules).analysis;
    check(out.exit_risk_score >= 0 && out.exit_risk_score <= 100, "the score is one");
    check(out.actions.size() <= core::Analysis::kActionsMax, "no more actions than are asked for");
    for (const std::string& id : out.actions) check(core::find_action(rules, id) != nullptr, "actions are the site's");
    for (const core::Insight& insight : out.insights)
      check(core::holds(core::row_of(insight.code), insight.value), "insights are true");
    check(out.message.size() <= core::AnalystRules::kMessageBytes, "messages are short");
    check(out.message.find_first_of("<>{}") == std::string::npos, "messages have no markup");
  }
}

void check_error(const Error& error) {
  check(error.code == ErrorCode::kCorrupt && !error.message.empty(), "the error says what is wrong");
  check(error.message.size() < 1'000, "and is for people");
}

template <class T>
std::string within(const char* before, const T& text, const char* after) {
  return std::string(before) + text + after;
}

}  // namespace

void run_model_reply(std::string_view input) {
  const auto reply = language::reply_in(input);
  reply ? check_reply(*reply) : check_error(reply.error());
}

void run_converse_answer(std::string_view input) {
  const auto answer = bedrock::answer_in(input, "m");
  answer ? check_reply(answer->reply) : check_error(answer.error());
  const aws::HttpReply refused{400, {}, std::string(input)};
  check(!bedrock::refusal_of(aws::service_error_in(refused), "secret").error.message.empty(), "a refusal has words");
}

void run_chat_answer(std::string_view input) {
  const auto answer = openai::answer_in(input, "m");
  answer ? check_reply(answer->reply) : check_error(answer.error());
  const aws::HttpReply refused{400, {}, std::string(input)};
  check(openai::refusal_of(refused, "secret").error.message.find("secret") == std::string::npos, "nor secrets");
  (void)openai::is_about_form(refused);
  (void)openai::is_of_llama_cpp({200, {}, std::string(input)});
}

std::vector<std::string> model_reply_seeds() {
  return {kReply, within("<think>{ \"a\": </think>Here:\n```json\n", kReply, "\n```"), "<thinking>{",
          R"({"exit_risk_score":1e2,"message":null,"recommended_actions":[]} {})"};
}

std::vector<std::string> converse_answer_seeds() {
  return {
      within(R"({"output":{"message":{"content":[{"text":"<thinking>"},{"toolUse":{"name":"report_journey","input":)",
             kReply, R"(}}]}},"stopReason":"tool_use","usage":{"inputTokens":8,"outputTokens":1}})"),
      R"({"output":{"message":{"content":[{"text":"{\"exit_risk_score\":5}"}]}},"stopReason":"end_turn"})",
      R"({"__type":"a#ThrottlingException:http://x","message":"secret"})"};
}

std::vector<std::string> chat_answer_seeds() {
  return {
      R"({"model":"m","choices":[{"finish_reason":"stop","message":{"content":"<think>{</think>{\"exit_risk_score\":5}"}}],)"
      R"("usage":{"prompt_tokens":8,"completion_tokens":1}})",
      within(R"({"choices":[{"message":{"content":[{"text":"{"}],"tool_calls":[{"function":{"arguments":)", kReply,
             "}}]}}]}"),
      R"({"error":{"message":"the secret response_format","param":"grammar"}})",
      R"({"detail":[{"loc":["body","response_format"],"msg":"extra"}]})", R"({"default_generation_settings":{}})"};
}

}  // namespace handrail::fuzz
