// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "core/analysis/digest.h"
#include "core/analysis/grounding.h"

namespace handrail {

// What a provider is told of a journey, as text.
struct PromptText {
  std::string system, user, version;
};

// Somebody outside of this program who reads journeys: a language model behind a service. Thread-safe; blocks.
class Analyst {
 public:
  struct Answer {
    core::AnalystReply reply;  // readable, and no more: whoever asks checks it against the journey
    std::string model;         // that answered; as the provider names it
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
  };
  virtual ~Analyst() = default;

  // Answers within about `within` (ms), one repeat included: kTimeout, where there is no answer by then. kUnavailable:
  // later may do; kLimitExceeded: asked too often; kInvalidArgument: refused for good (credentials, model, request),
  // with the other's words; kCorrupt: an answer that is not what was asked for.
  virtual Result<Answer> read(const core::Digest& digest, const core::AnalystRules& rules, Millis within) = 0;

  virtual std::string provider() const = 0;  // "bedrock", "openai"
  virtual std::string model() const = 0;     // that is asked for
  virtual std::string prompt() const = 0;    // version of the prompt
  virtual std::string place() const = 0;     // for people: which endpoint
};

}  // namespace handrail
