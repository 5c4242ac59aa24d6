// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tl/expected.hpp>

#include "adapters/aws/signed_calls.h"
#include "adapters/language/second_try.h"
#include "base/url.h"
#include "ports/analyst.h"

namespace handrail::bedrock {

struct ConverseOptions {
  std::string region;
  std::string model = "amazon.nova-micro-v1:0";  // an id, a profile of several regions, or an ARN
  std::string endpoint;                          // of the service, where it is another than AWS's own
  std::string api_key;                           // of Bedrock's own (AWS_BEARER_TOKEN_BEDROCK); empty: calls are signed
  int max_tokens = 600;                          // of an answer
};

// Amazon Bedrock, by Converse. Asks once; a second time where that may help (500, 503, 424, or credentials and clock
// that were set right meanwhile) and there is time left.
class ConverseAnalyst final : public Analyst {
 public:
  ConverseAnalyst(ConverseOptions options, aws::HttpClient& http, aws::CredentialChain& credentials, const Clock& clock,
                  language::Waiting waiting = language::Waiting::of_this_process());

  Result<Answer> read(const core::Digest& digest, const core::AnalystRules& rules, Millis within) override;
  std::string provider() const override { return "bedrock"; }
  std::string model() const override { return options_.model; }
  std::string prompt() const override;
  std::string place() const override { return without_login(calls_.endpoint()); }

 private:
  struct NotHeard {
    aws::ServiceError why;
    bool is_set_right = false;  // clock or credentials: another try is signed otherwise
  };
  using Heard = tl::expected<aws::HttpReply, NotHeard>;
  using Reply = tl::expected<aws::HttpReply, language::Refusal>;
  Reply send(const std::string& body, const language::Deadline& deadline);
  Heard send_signed(const std::string& body, Millis within);
  Heard send_with_key(const std::string& body, Millis within);

  const ConverseOptions options_;
  const std::string path_;
  aws::HttpClient& http_;
  const Clock& clock_;
  const language::Waiting waiting_;
  aws::SignedCalls calls_;
};

}  // namespace handrail::bedrock
