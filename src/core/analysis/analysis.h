// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/analysis/insights.h"

namespace handrail::core {

enum class EngagementLevel : std::uint8_t { kLow, kMedium, kHigh };
constexpr std::uint64_t enum_end(EngagementLevel) { return 3; }
std::string_view name_of(EngagementLevel level);
std::optional<EngagementLevel> engagement_named(std::string_view name);

// Who read the journey, and what that took.
struct AnalysisSource {
  std::string provider;  // "builtin", "bedrock", "openai"
  std::string model;     // as the provider names it; empty: it has none
  std::string prompt;    // version of the prompt, or of the built-in's tables
  Millis latency = 0;    // from the wish to the answer
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::int64_t nano_dollars = 0;  // by the price table; 10^-9 US dollars
  bool cached = false;            // told from an earlier answer about the same facts
};
template <class A>
void fields(A& a, AnalysisSource& s) {
  a(s.provider, s.model, s.prompt, s.latency, s.input_tokens, s.output_tokens, s.nano_dollars, s.cached);
}
inline constexpr std::string_view kBuiltinAnalyst = "builtin";

// A reader's account of a journey, right after one of its events. Advice, never a decision. As a record: a provider's;
// the built-in analyst's is made in the fold.
struct Analysis {
  static constexpr std::size_t kInsightsMax = 3;
  static constexpr std::size_t kActionsMax = 3;
  static constexpr std::size_t kReasonsMax = 3;

  AnalysisId id;  // hash of site, visitor, cause, provider and prompt version
  JourneyId journey;
  std::string cause;         // id of the event after which the journey was read
  UnixMillis asked_at = 0;   // log time of that event
  std::uint32_t events = 0;  // of the journey by then: several may have one log time
  int base = 0;              // the higher of struggle and the model's score then
  int exit_risk_score = 0;   // 0-100
  EngagementLevel engagement = EngagementLevel::kMedium;
  std::vector<Insight> insights;     // what weighs more comes first
  std::vector<std::string> actions;  // ids of the site's, best first
  std::string message;               // plain words for the visitor
  bool own_words = false;            // a provider's own; else from a template
  std::string language;              // of the message
  AnalysisSource source;
  std::vector<std::string> reasons;  // the exit-risk model's columns that speak for leaving, where it was asked why

  bool is_builtin() const { return source.provider == kBuiltinAnalyst; }
};
template <class A>
void fields(A& a, Analysis& x) {
  a(x.id, x.journey, x.cause, x.asked_at, x.events, x.base, x.exit_risk_score, x.engagement, x.insights, x.actions,
    x.message, x.own_words, x.language, x.source, x.reasons);
}

}  // namespace handrail::core
