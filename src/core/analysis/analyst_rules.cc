// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/analyst_rules.h"

#include <algorithm>
#include <array>

#include "core/analysis/sentences.h"

namespace handrail::core {
namespace {

using enum InsightCode;

const std::vector<InsightCode> kStuckOnForm = {kFailedSubmits, kFieldErrors};
const std::vector<InsightCode> kStuckOnFeature = {kManyAttempts};
const std::vector<InsightCode> kUnresponsive = {kRepeatedClicks, kUnansweredClicks, kScriptErrors};
const std::vector<InsightCode> kAboutToGo = {kLeaving, kModelExpectsExit, kLongPause, kPutAside};
const std::vector<InsightCode> kLooking = {kBackAndForth};

std::vector<InsightCode> both(std::vector<InsightCode> one, const std::vector<InsightCode>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

}  // namespace

std::string_view name_of(AiProcessing processing) {
  static constexpr std::array<std::string_view, 3> kNames = {"allowed", "with_consent", "never"};
  return kNames[static_cast<std::size_t>(processing)];
}

const std::vector<AnalystAction>& builtin_actions() {
  static const std::vector<AnalystAction> actions = {
      {"show_live_chat_popup", "Offer a live chat", both(both(kStuckOnForm, kStuckOnFeature), kUnresponsive)},
      {"explain_field", "Explain the field that is refused", {kFieldErrors}},
      {"check_element", "Look at the element: it does not react", kUnresponsive},
      {"offer_callback", "Offer a call-back", both(kAboutToGo, {kManyAttempts})},
      {"show_hint", "Show where to find what is looked for", kLooking},
      {"let_be", "Leave the visitor alone", {kSteadyProgress, kNearGoal, kGoalReached, kJustArrived}},
  };
  return actions;
}

const std::vector<MessageTemplate>& builtin_messages() {
  static const std::vector<MessageTemplate> messages = {
      {"form_stuck", "en", "Is the form being difficult? We can go through it with you.", kStuckOnForm},
      {"form_stuck", "de", "Macht das Formular Schwierigkeiten? Wir gehen es gern mit Ihnen durch.", kStuckOnForm},
      {"form_stuck", "es", "¿Le da problemas el formulario? Podemos rellenarlo con usted.", kStuckOnForm},
      {"feature_stuck", "en", "Not getting the result you want? Ask us, we are here.", kStuckOnFeature},
      {"feature_stuck", "de", "Kommt nicht das gewünschte Ergebnis heraus? Fragen Sie uns, wir sind da.",
       kStuckOnFeature},
      {"feature_stuck", "es", "¿No sale el resultado que busca? Pregúntenos, estamos aquí.", kStuckOnFeature},
      {"not_reacting", "en", "Is something here not reacting? Tell us, and we help right away.", kUnresponsive},
      {"not_reacting", "de", "Reagiert hier etwas nicht? Sagen Sie es uns, wir helfen sofort.", kUnresponsive},
      {"not_reacting", "es", "¿Algo no responde aquí? Díganoslo y le ayudamos enseguida.", kUnresponsive},
      {"any_questions", "en", "Any questions? We are glad to help.", {}},
      {"any_questions", "de", "Haben Sie Fragen? Wir helfen gern.", {}},
      {"any_questions", "es", "¿Tiene alguna pregunta? Le ayudamos con gusto.", {}},
  };
  return messages;
}

const std::vector<AnalystAction>& actions_of(const AnalystRules& rules) {
  return rules.actions.empty() ? builtin_actions() : rules.actions;
}

const std::vector<MessageTemplate>& messages_of(const AnalystRules& rules) {
  return rules.messages.empty() ? builtin_messages() : rules.messages;
}

const AnalystAction* find_action(const AnalystRules& rules, std::string_view id) {
  const auto& actions = actions_of(rules);
  const auto found = std::ranges::find(actions, id, &AnalystAction::id);
  return found == actions.end() ? nullptr : &*found;
}

const MessageTemplate* find_message(const AnalystRules& rules, std::string_view id) {
  const std::string_view base = std::string_view(rules.language).substr(0, rules.language.find('-'));
  // How well a text's language fits: itself, its base, English, any.
  const auto distance = [&](const MessageTemplate& one) {
    return one.language == rules.language ? 0 : one.language == base ? 1 : one.language == "en" ? 2 : 3;
  };
  const MessageTemplate* best = nullptr;
  for (const MessageTemplate& one : messages_of(rules)) {
    if (one.id == id && (best == nullptr || distance(one) < distance(*best))) best = &one;
  }
  return best;
}

std::string disclosure_of(const AnalystRules& rules) {
  return rules.disclosure.empty() ? std::string(disclosure_in(rules.language)) : rules.disclosure;
}

}  // namespace handrail::core
