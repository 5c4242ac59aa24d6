// SPDX-License-Identifier: Apache-2.0
#include "adapters/bedrock/converse_analyst.h"

#include "adapters/bedrock/codec.h"

namespace handrail::bedrock {
namespace {

const aws::Fields kHeaders = {{"accept", "application/json"}, {"content-type", "application/json"}};

}  // namespace

ConverseAnalyst::ConverseAnalyst(ConverseOptions options, aws::HttpClient& http, aws::CredentialChain& credentials,
                                 const Clock& clock, language::Waiting waiting)
    : options_(std::move(options)),
      path_(path_of(options_.model)),
      http_(http),
      clock_(clock),
      waiting_(std::move(waiting)),
      calls_({options_.region, "bedrock"},
             options_.endpoint.empty() ? aws::endpoint_of_aws("bedrock-runtime", options_.region) : options_.endpoint,
             http, credentials, clock) {}

std::string ConverseAnalyst::prompt() const { return std::string(language::kPromptVersion); }

Result<Analyst::Answer> ConverseAnalyst::read(const core::Digest& digest, const core::AnalystRules& rules,
                                              Millis within) {
  const language::Deadline deadline(clock_, within);
  const std::string body = request_of(language::prompt_of(digest, rules), rules, options_.model, options_.max_tokens);
  for (bool is_second = false;; is_second = true) {
    if (deadline.left() <= 0)
      return fail(ErrorCode::kTimeout, "Bedrock Converse: its time was over before it was sent");
    auto reply = send(body, deadline);
    if (reply) return answer_in(reply->body, options_.model);
    if (is_second || !wait_for_second_try(reply.error(), deadline, waiting_))
      return tl::unexpected(std::move(reply.error().error));
  }
}

ConverseAnalyst::Reply ConverseAnalyst::send(const std::string& body, const language::Deadline& deadline) {
  auto reply = options_.api_key.empty() ? send_signed(body, deadline.left()) : send_with_key(body, deadline.left());
  if (reply) return std::move(*reply);
  const auto& [why, is_set_right] = reply.error();
  language::Refusal refusal = refusal_of(why, options_.api_key);
  if (why.status == 0) refusal.error = unheard(std::move(refusal.error), deadline);
  if (is_set_right) refusal.remedy = language::Refusal::Remedy::kAskAtOnce;
  return tl::unexpected(std::move(refusal));
}

ConverseAnalyst::Heard ConverseAnalyst::send_signed(const std::string& body, Millis within) {
  auto reply = calls_.send({path_, kHeaders, body, std::min(within, language::kConnectWithin), within});
  if (!reply) return tl::unexpected(NotHeard{reply.error().error, reply.error().is_set_right});
  return std::move(*reply);
}

ConverseAnalyst::Heard ConverseAnalyst::send_with_key(const std::string& body, Millis within) {
  aws::HttpCall call{"POST", calls_.endpoint() + path_, kHeaders, body, std::min(within, language::kConnectWithin),
                     within};
  call.headers.emplace_back("authorization", "Bearer " + options_.api_key);
  auto reply = http_.send(call);
  if (reply && reply->status == 200) return std::move(*reply);
  if (reply) return tl::unexpected(NotHeard{aws::service_error_in(*reply)});
  return tl::unexpected(NotHeard{{reply.error().code, {}, reply.error().message, 0}});
}

}  // namespace handrail::bedrock
