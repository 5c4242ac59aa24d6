// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "core/analysis/insights.h"

namespace handrail::core {

// What the site can do for a visitor. A reader of journeys picks from these and from nothing else.
struct AnalystAction {
  std::string id;                 // [a-z0-9_]{1,48}
  std::string sentence;           // for people at the desk; at most AnalystRules::kSentenceBytes
  std::vector<InsightCode> when;  // what speaks for it; none: it is never picked without a provider

  bool operator==(const AnalystAction&) const = default;
};
template <class A>
void fields(A& a, AnalystAction& x) {
  a(x.id, x.sentence, x.when);
}

// Words for the visitor that somebody approved.
struct MessageTemplate {
  std::string id;                 // [a-z0-9_]{1,48}; one id has a text in each language
  std::string language;           // "en", "de", "pt-br"
  std::string text;               // plain; at most AnalystRules::kMessageBytes
  std::vector<InsightCode> when;  // what it fits; none: anything

  bool operator==(const MessageTemplate&) const = default;
};
template <class A>
void fields(A& a, MessageTemplate& m) {
  a(m.id, m.language, m.text, m.when);
}

// Whether facts of a visitor's journey may go to a provider outside of this program.
enum class AiProcessing : std::uint8_t { kAllowed, kWithConsent, kNever };
constexpr std::uint64_t enum_end(AiProcessing) { return 3; }
std::string_view name_of(AiProcessing processing);  // "allowed", "with_consent", "never"

// How a site has its journeys read: part of its rules.
struct AnalystRules {
  static constexpr std::size_t kActionsMax = 16;
  static constexpr std::size_t kMessagesMax = 64;
  static constexpr std::size_t kForbiddenMax = 64;
  static constexpr std::size_t kFeaturesMax = 32;
  static constexpr std::size_t kNameBytes = 48;  // of ids, features and forbidden words
  static constexpr std::size_t kSentenceBytes = 120;
  static constexpr std::size_t kMessageBytes = 160;
  static constexpr std::size_t kToneBytes = 120;
  static constexpr std::size_t kDisclosureBytes = 240;

  AiProcessing processing = AiProcessing::kAllowed;  // where one is configured; a visitor who refused is never sent
  bool own_words = false;                            // a provider may word the message itself; else it picks a template
  std::string language = "en";                       // of messages and sentences
  std::string tone;                                  // told to a provider: "warm and brief"
  std::string disclosure;                            // shown below a provider's own words; empty: the language's own
  std::vector<std::string> forbidden;                // words that no message may have, in any case of letters
  std::vector<std::string> features;                 // names of features that may be told as they are
  std::vector<AnalystAction> actions;                // none: builtin_actions()
  std::vector<MessageTemplate> messages;             // none: builtin_messages()
  int ask_from = 55;                                 // risk from which on a journey is read
  int ask_to = 85;                                   // and up to which; beyond it only on a signal or a decision
  Millis pause = 10 * kSecond;                       // between two readings of one journey

  bool operator==(const AnalystRules&) const = default;
};
template <class A>
void fields(A& a, AnalystRules& r) {
  a(r.processing, r.own_words, r.language, r.tone, r.disclosure, r.forbidden, r.features, r.actions, r.messages,
    r.ask_from, r.ask_to, r.pause);
}

// What holds where the site declares none. In English, German and Spanish; other languages get English.
const std::vector<AnalystAction>& builtin_actions();
const std::vector<MessageTemplate>& builtin_messages();

const std::vector<AnalystAction>& actions_of(const AnalystRules& rules);
const std::vector<MessageTemplate>& messages_of(const AnalystRules& rules);
const AnalystAction* find_action(const AnalystRules& rules, std::string_view id);
// In the site's language, else in English, else in any; nullptr: there is no such template.
const MessageTemplate* find_message(const AnalystRules& rules, std::string_view id);
std::string disclosure_of(const AnalystRules& rules);

}  // namespace handrail::core
