// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/codec.h"

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/aws/json_api.h"
#include "adapters/aws/text.h"
#include "adapters/language/body.h"
#include "adapters/language/reply.h"
#include "adapters/language/schema.h"

namespace handrail::openai {
namespace {

namespace json = boost::json;
using Remedy = language::Refusal::Remedy;

constexpr int kSeed = 1;  // the same question has the same answer, where a server can do that

void add_form(json::object& request, const core::AnalystRules& rules, Rung rung) {
  if (rung == Rung::kGrammar) request["grammar"] = language::grammar_of(rules);
  if (rung == Rung::kObject) request["response_format"] = {{"type", "json_object"}};
  if (rung != Rung::kSchema) return;
  request["response_format"] = {
      {"type", "json_schema"},
      {"json_schema", {{"name", "journey"}, {"strict", true}, {"schema", language::schema_of(rules)}}}};
}

tl::unexpected<Error> unusable(const std::string& why) {
  return fail(ErrorCode::kCorrupt, "the chat service's answer " + why);
}

const json::object& first_of(const json::array& list) {
  static const json::object kNone;
  return list.empty() || !list.front().is_object() ? kNone : list.front().get_object();
}

// A text, or a list of parts with texts.
std::string text_of(const json::object& message) {
  std::string text = aws::member(message, {"content"});
  for (const json::value& part : aws::array_at(message, "content")) text += aws::member(part, {"text"});
  return text;
}

Result<core::AnalystReply> reply_in(const json::object& body) {
  const json::object& choice = first_of(aws::array_at(body, "choices"));
  if (choice.empty()) return unusable("has no choices");
  const std::string finished = aws::member(choice, {"finish_reason"});
  if (finished == "length" || finished == "content_filter") return unusable("ended by \"" + finished + "\"");
  const json::object& message = aws::object_at(choice, "message");
  if (const std::string no = aws::member(message, {"refusal"}); !no.empty())
    return unusable("is a refusal: " + language::spoken(no, {}));
  const json::object& called = aws::object_at(first_of(aws::array_at(message, "tool_calls")), "function");
  if (const json::object& arguments = aws::object_at(called, "arguments"); !arguments.empty())
    return language::reply_of(arguments);
  const std::string arguments = aws::member(called, {"arguments"});
  return language::reply_in(arguments.empty() ? text_of(message) : arguments);
}

// "detail" of FastAPI's: a text, or a list of places and messages. What the place holds is our own request; no part of
// the words.
std::string detail_in(const json::object& body) {
  std::string words = aws::member(body, {"detail"});
  for (const json::value& item : aws::array_at(body, "detail")) {
    if (!item.is_object()) continue;
    for (const json::value& step : aws::array_at(item.get_object(), "loc"))
      if (step.is_string()) words += std::string(step.get_string()) + ' ';
    words += aws::member(item, {"msg"}) + ' ';
  }
  return words;
}

// What the service says of its refusal; servers differ in where.
std::string words_in(const aws::HttpReply& reply) {
  const auto body = language::body_in(reply.body);
  if (!body) return {};
  const json::object& error = aws::object_at(*body, "error");
  std::string words = aws::member(*body, {"error", "message"});
  for (const std::string_view name : {"message", "param"}) {
    const std::string more = aws::member(error, {name});
    if (!more.empty()) words += (words.empty() ? "" : " ") + more;
  }
  return words.empty() ? detail_in(*body) : words;
}

bool is_not_understood(const aws::HttpReply& reply) { return reply.status == 400 || reply.status == 422; }

bool has_one_of(std::string_view words, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return words.find(name) != std::string_view::npos; });
}

ErrorCode code_of(int status) {
  if (status == 408) return ErrorCode::kTimeout;
  if (status == 424) return ErrorCode::kCorrupt;
  if (status == 429) return ErrorCode::kLimitExceeded;
  return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument;
}

}  // namespace

std::string request_of(const language::Prompt& prompt, const core::AnalystRules& rules, const std::string& model,
                       int max_tokens, Manner manner) {
  json::object request;
  request["model"] = model;
  request["messages"] = json::array{json::object{{"role", "system"}, {"content", prompt.system}},
                                    json::object{{"role", "user"}, {"content", prompt.user}}};
  const bool is_common = manner.dialect == Dialect::kCommon;
  if (is_common) request["temperature"] = 0;
  request["seed"] = kSeed;
  request["stream"] = false;
  request[is_common ? "max_tokens" : "max_completion_tokens"] = max_tokens;
  add_form(request, rules, manner.rung);
  return json::serialize(request);
}

Result<Analyst::Answer> answer_in(std::string_view body, const std::string& model) {
  constexpr std::size_t kModelBytes = 128;
  const auto answer = language::body_in(body);
  if (!answer) return pass_on(answer);
  auto reply = reply_in(*answer);
  if (!reply) return pass_on(reply);
  std::string answered = language::spoken(aws::member(*answer, {"model"}), {});
  if (answered.empty() || answered.size() > kModelBytes) answered = model;
  const json::object& usage = aws::object_at(*answer, "usage");
  return Analyst::Answer{std::move(*reply), std::move(answered), language::tokens_at(usage, "prompt_tokens"),
                         language::tokens_at(usage, "completion_tokens")};
}

language::Refusal refusal_of(const aws::HttpReply& reply, std::string_view secret) {
  const ErrorCode code = code_of(reply.status);
  const std::string words = language::spoken(words_in(reply), secret);
  Error error{code, "chat service: status " + std::to_string(reply.status) + (words.empty() ? "" : ": " + words)};
  const bool is_passing = code == ErrorCode::kUnavailable || code == ErrorCode::kCorrupt;
  return {std::move(error), is_passing ? Remedy::kPause : Remedy::kNone};
}

bool is_about_form(const aws::HttpReply& reply) {
  return is_not_understood(reply) &&
         has_one_of(words_in(reply), {"response_format", "json_schema", "json_object", "grammar", "schema"});
}

bool is_about_bounds(const aws::HttpReply& reply) {
  if (!is_not_understood(reply)) return false;
  const std::string words = words_in(reply);
  return has_one_of(words, {"max_tokens", "temperature"}) &&
         has_one_of(words, {"Unsupported", "unsupported", "not support"});
}

bool is_of_llama_cpp(const aws::HttpReply& reply) {
  if (reply.header("server") == "llama.cpp") return true;
  const auto body = reply.status == 200 ? language::body_in(reply.body) : Result<json::object>{};
  return body && body->contains("default_generation_settings");
}

}  // namespace handrail::openai
