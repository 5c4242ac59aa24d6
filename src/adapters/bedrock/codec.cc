// SPDX-License-Identifier: Apache-2.0
#include "adapters/bedrock/codec.h"

#include <boost/json.hpp>

#include "adapters/aws/json_api.h"
#include "adapters/aws/text.h"
#include "adapters/language/body.h"
#include "adapters/language/reply.h"
#include "adapters/language/schema.h"

namespace handrail::bedrock {
namespace {

namespace json = boost::json;
using Remedy = language::Refusal::Remedy;

// Also by a profile of several regions ("eu.amazon.nova-micro-v1:0") or as an ARN.
bool is_nova(std::string_view model) { return model.find("amazon.nova") != std::string_view::npos; }

json::array text_of(const std::string& text) { return {json::object{{"text", text}}}; }

// Newer models of others take one of temperature and topP only.
void add_sampling(json::object& request, const std::string& model, int max_tokens) {
  json::object inference{{"maxTokens", max_tokens}, {"temperature", 0}};
  if (is_nova(model)) {
    inference["topP"] = 1;
    inference["stopSequences"] = json::array{};
    request["additionalModelRequestFields"] = {{"inferenceConfig", {{"topK", 1}}}};  // always the likeliest word
  }
  request["inferenceConfig"] = std::move(inference);
}

json::object tool_config(const core::AnalystRules& rules) {
  json::object tool{{"name", kTool},
                    {"description", "Takes your judgement of the visitor's journey."},
                    {"inputSchema", {{"json", language::schema_of(rules)}}}};
  return {{"toolChoice", {{"tool", {{"name", kTool}}}}}, {"tools", json::array{json::object{{"toolSpec", tool}}}}};
}

tl::unexpected<Error> unusable(const std::string& why) {
  return fail(ErrorCode::kCorrupt, "Bedrock Converse: the answer " + why);
}

// nullptr: our tool was not called.
const json::value* tool_input(const json::array& content) {
  for (const json::value& block : content) {
    const json::value* use = block.is_object() ? block.get_object().if_contains("toolUse") : nullptr;
    if (use != nullptr && aws::member(*use, {"name"}) == kTool) return use->get_object().if_contains("input");
  }
  return nullptr;
}

std::string text_in(const json::array& content) {
  std::string text;
  for (const json::value& block : content) text += aws::member(block, {"text"});
  return text;
}

Result<core::AnalystReply> reply_in(const json::object& body) {
  const std::string stopped = language::spoken(aws::member(body, {"stopReason"}), {});
  const json::array& content = aws::array_at(aws::object_at(aws::object_at(body, "output"), "message"), "content");
  if (stopped != "tool_use" && stopped != "end_turn") return unusable("ended by \"" + stopped + "\"");
  if (const json::value* input = tool_input(content)) {
    if (!input->is_object()) return unusable("has an input of the tool that is no object");
    return language::reply_of(input->get_object());
  }
  if (stopped == "tool_use") return unusable("does not call " + std::string(kTool));
  return language::reply_in(text_in(content));
}

ErrorCode code_of(const aws::ServiceError& why) {
  if (why.status == 0) return why.code;  // nothing was heard
  if (aws::is_throttle(why)) return ErrorCode::kLimitExceeded;
  if (why.status == 408 || why.type == "ModelTimeoutException") return ErrorCode::kTimeout;
  if (why.status == 424 || why.type == "ModelErrorException") return ErrorCode::kCorrupt;
  return why.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument;
}

}  // namespace

std::string path_of(const std::string& model) { return "/model/" + aws::uri_encoded(model) + "/converse"; }

std::string request_of(const language::Prompt& prompt, const core::AnalystRules& rules, const std::string& model,
                       int max_tokens) {
  json::object request;
  request["system"] = text_of(prompt.system);
  request["messages"] = {json::object{{"role", "user"}, {"content", text_of(prompt.user)}}};
  add_sampling(request, model, max_tokens);
  request["toolConfig"] = tool_config(rules);
  request["requestMetadata"] = {{"app", "handrail"}, {"prompt", language::kPromptVersion}};
  return json::serialize(request);
}

Result<Analyst::Answer> answer_in(std::string_view body, const std::string& model) {
  const auto answer = language::body_in(body);
  if (!answer) return pass_on(answer);
  auto reply = reply_in(*answer);
  if (!reply) return pass_on(reply);
  const json::object& usage = aws::object_at(*answer, "usage");
  return Analyst::Answer{std::move(*reply), model, language::tokens_at(usage, "inputTokens"),
                         language::tokens_at(usage, "outputTokens")};
}

language::Refusal refusal_of(const aws::ServiceError& why, std::string_view secret) {
  Error error = aws::error_of(why);
  error.code = code_of(why);
  error.message = "Bedrock Converse: " + language::spoken(error.message, secret);
  const bool is_passing =
      why.status != 0 && (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kCorrupt);
  return {std::move(error), is_passing ? Remedy::kPause : Remedy::kNone};
}

}  // namespace handrail::bedrock
