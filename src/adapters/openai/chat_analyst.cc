// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/chat_analyst.h"

#include <algorithm>

#include "adapters/language/body.h"
#include "adapters/openai/codec.h"

namespace handrail::openai {
namespace {

constexpr Millis kLookWithin = 500;  // for what kind of server it is

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// llama.cpp's server has its own paths beside /v1.
std::string root_of(std::string_view base_url) {
  constexpr std::string_view kVersion = "/v1";
  if (base_url.ends_with(kVersion)) base_url.remove_suffix(kVersion.size());
  return std::string(base_url);
}

}  // namespace

ChatAnalyst::ChatAnalyst(ChatOptions options, aws::HttpClient& http, const Clock& clock, language::Waiting waiting)
    : options_(std::move(options)),
      base_url_(without_slash(options_.base_url)),
      http_(http),
      clock_(clock),
      waiting_(std::move(waiting)),
      ladder_(clock) {}

Result<Analyst::Answer> ChatAnalyst::read(const core::Digest& digest, const core::AnalystRules& rules, Millis within) {
  const language::Deadline deadline(clock_, within);
  const language::Prompt prompt = language::prompt_of(digest, rules);
  Manner asked{rung(deadline.left()), ladder_.dialect()};
  for (bool is_second = false;;) {
    const Millis left = deadline.left();
    if (left <= 0) return fail(ErrorCode::kTimeout, "chat service: its time was over before it was asked");
    const auto reply = send(request_of(prompt, rules, options_.model, options_.max_tokens, asked), left);
    if (!reply) {
      Error error = unheard(reply.error(), deadline);
      error.message = "chat service: " + language::spoken(error.message, options_.api_key);
      return tl::unexpected(std::move(error));
    }
    if (reply->status == 200) return answer_in(reply->body, options_.model);
    language::Refusal refusal = refusal_of(*reply, options_.api_key);
    const auto other = other_manner(*reply, asked);
    if (other && deadline.left() >= language::kTryLeast) {
      asked = *other;
      continue;
    }
    if (is_second || !wait_for_second_try(refusal, deadline, waiting_)) return tl::unexpected(std::move(refusal.error));
    is_second = true;
  }
}

// Nothing: it does not refuse the manner, or there is none left.
std::optional<Manner> ChatAnalyst::other_manner(const aws::HttpReply& refused, Manner asked) {
  if (is_about_bounds(refused)) {
    if (const auto dialect = ladder_.leave(asked.dialect)) return Manner{asked.rung, *dialect};
  }
  if (!is_about_form(refused)) return std::nullopt;
  const auto below = ladder_.step_down(asked.rung);
  return below ? std::optional(Manner{*below, asked.dialect}) : std::nullopt;
}

// Looks what kind of server it is where that is not known. No answer: nothing is remembered of it.
Rung ChatAnalyst::rung(Millis left) {
  if (const auto known = ladder_.rung()) return *known;
  const Millis within = std::min(kLookWithin, left / 4);
  if (within <= 0) return Rung::kSchema;
  const auto reply = http_.send({"GET", root_of(base_url_) + "/props", {}, {}, within, within});
  if (!reply) return Rung::kSchema;
  return ladder_.begin_at(is_of_llama_cpp(*reply) ? Rung::kGrammar : Rung::kSchema);
}

Result<aws::HttpReply> ChatAnalyst::send(std::string body, Millis within) {
  aws::HttpCall call{"POST",
                     base_url_ + "/chat/completions",
                     {{"content-type", "application/json"}},
                     std::move(body),
                     std::min(within, language::kConnectWithin),
                     within};
  if (!options_.api_key.empty()) call.headers.emplace_back("authorization", "Bearer " + options_.api_key);
  return http_.send(call);
}

}  // namespace handrail::openai
