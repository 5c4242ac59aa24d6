// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/analysis/digest.h"

namespace handrail::core {

// What a provider answered, once it was readable at all. Every word of it is untrusted.
struct AnalystReply {
  struct Cited {
    std::string code;      // of an insight
    std::string evidence;  // name of a fact
  };
  std::int64_t exit_risk_score = 0;
  std::string engagement;
  std::vector<Cited> insights;
  std::vector<std::string> actions;
  std::string message;  // its own words, or a template's id
};

// Why words for the visitor are refused; nothing: they may be shown.
enum class WordsFault : std::uint8_t {
  kNone,
  kEmpty,
  kTooLong,
  kControl,    // control, zero-width or direction characters
  kMarkup,     // brackets, backquotes and the like: what is no plain sentence
  kAddress,    // http, www, @, a domain
  kNumber,     // a number that the journey does not hold, in digits or as a word
  kForbidden,  // one of the site's words
  kPromise,    // of money or certainty: discount, refund, guarantee ...
  kClaim,      // thanks or good wishes for something achieved, where no goal is reached
  kUnknown,    // no template of that id
};
inline constexpr std::size_t kWordsFaults = 11;
std::string_view name_of(WordsFault fault);
// Of words that somebody approved: are they plain, and free of the site's forbidden ones? Their length is not looked
// at.
WordsFault plain_fault_of(std::string_view words, const AnalystRules& rules);
// Of a provider's own words: that, their length, and whether the journey bears them out.
WordsFault fault_of(std::string_view message, const Digest& digest, const AnalystRules& rules);

// What was wrong with a reply, counted by who asks.
struct Grounding {
  bool score_clamped = false;
  bool engagement_unknown = false;
  std::uint32_t claims = 0;           // insights that it stated
  std::uint32_t unknown_claims = 0;   // with a code or a fact that is none, or not that code's
  std::uint32_t false_claims = 0;     // that the journey does not hold
  std::uint32_t unknown_actions = 0;  // that the site does not have
  WordsFault words = WordsFault::kNone;

  bool is_clean() const {
    return !score_clamped && !engagement_unknown && unknown_claims == 0 && false_claims == 0 && unknown_actions == 0 &&
           words == WordsFault::kNone;
  }
};

struct Grounded {
  Analysis analysis;
  Grounding grounding;
};
// The built-in's account with what the reply says over it, as far as it is true and allowed: an insight that the
// digest does not bear out, an action that the site does not have, words that may not be shown are left out, and where
// nothing is left the built-in's stand. Cause, journey and times are the built-in's. Pure.
Grounded grounded(const AnalystReply& reply, const Analysis& builtin, const Digest& digest, const AnalystRules& rules);

}  // namespace handrail::core
