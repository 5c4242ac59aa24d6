// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tl/expected.hpp>

#include "adapters/aws/http_client.h"
#include "adapters/language/prompt.h"
#include "adapters/language/second_try.h"
#include "adapters/openai/ladder.h"
#include "base/url.h"
#include "ports/analyst.h"

namespace handrail::openai {

struct ChatOptions {
  std::string base_url;  // "http://127.0.0.1:8000/v1"
  std::string model;
  std::string api_key;   // empty: none is sent
  int max_tokens = 600;  // of an answer
};

// A language model behind /chat/completions: OpenAI's, or a server of one's own (llama.cpp, vLLM, Ollama). Asks for
// the form of the answer in the most binding way that the endpoint takes, and for its bounds by the names that it
// knows, and remembers which those are. Repeats a question once at most, where that may help and there is time left.
class ChatAnalyst final : public Analyst {
 public:
  ChatAnalyst(ChatOptions options, aws::HttpClient& http, const Clock& clock,
              language::Waiting waiting = language::Waiting::of_this_process());

  Result<Answer> read(const core::Digest& digest, const core::AnalystRules& rules, Millis within) override;
  std::string provider() const override { return "openai"; }
  std::string model() const override { return options_.model; }
  std::string prompt() const override { return std::string(language::kPromptVersion); }
  std::string place() const override { return without_login(base_url_); }

 private:
  Rung rung(Millis left);
  std::optional<Manner> other_manner(const aws::HttpReply& refused, Manner asked);
  Result<aws::HttpReply> send(std::string body, Millis within);

  const ChatOptions options_;
  const std::string base_url_;  // without '/' at its end
  aws::HttpClient& http_;
  const Clock& clock_;
  const language::Waiting waiting_;
  Ladder ladder_;
};

}  // namespace handrail::openai
