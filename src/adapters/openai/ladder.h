// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/time.h"
#include "ports/clock.h"

namespace handrail::openai {

// Ways to ask for an answer of a form, from what binds a model most to what does not bind it at all.
enum class Rung : std::uint8_t {
  kGrammar,  // llama.cpp's own field
  kSchema,   // response_format json_schema
  kObject,   // response_format json_object
  kPrompt,   // the prompt's words alone
};

// What the bounds of an answer are called.
enum class Dialect : std::uint8_t {
  kCommon,     // max_tokens and a temperature: nearly every server
  kReasoning,  // max_completion_tokens alone: OpenAI's newer models, which refuse the others
};

struct Manner {
  Rung rung = Rung::kSchema;
  Dialect dialect = Dialect::kCommon;
};

// How an endpoint is asked, as it turned out. Thread-safe.
class Ladder {
 public:
  static constexpr Millis kRemembered = kHour;  // then servers may have learned more

  explicit Ladder(const Clock& clock) : clock_(clock) {}

  // Nothing: not known, or known too long ago.
  std::optional<Rung> rung() const;
  // Unless another call found out more meanwhile. The rung to ask with.
  Rung begin_at(Rung rung);
  // The endpoint refused this one. The rung to ask with next; nothing: there is none below.
  std::optional<Rung> step_down(Rung from);

  Dialect dialect() const;
  // The endpoint refused the common one's words. The dialect to ask in next; nothing: there is no other.
  std::optional<Dialect> leave(Dialect refused);

 private:
  struct Known {
    Rung rung;
    std::int64_t until;  // on the monotonic clock, microseconds
  };
  Rung at_least(Rung rung);  // with mutex_ held

  const Clock& clock_;
  mutable std::mutex mutex_;  // guards the rest
  std::optional<Known> known_;
  std::optional<std::int64_t> reasons_until_;  // it is asked in that dialect, on the same clock
};

}  // namespace handrail::openai
