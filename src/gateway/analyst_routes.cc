// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/json.hpp>
#include <set>

#include "core/analysis/builtin_analyst.h"
#include "core/analysis/grounding.h"
#include "core/analysis/sentences.h"
#include "gateway/analysis_views.h"
#include "gateway/analyst_document.h"
#include "gateway/analyst_examples.h"
#include "gateway/gateway.h"

// What readers of journeys can say, and what they would say by rules that nobody published yet.
namespace handrail::gateway {
namespace {

namespace json = boost::json;
using namespace core;

json::string text(std::string_view words) { return json::string(words.data(), words.size()); }

std::string_view name_of_tendency(Tendency tendency) {
  static constexpr std::array<std::string_view, 4> kNames = {"trouble", "leaving", "neutral", "progress"};
  return kNames[static_cast<std::size_t>(tendency)];
}

// The smallest value of which it is true, as an example of its sentence.
json::object insight_view(const InsightRow& row) {
  json::object sentences;
  for (const char* language : {"en", "de", "es"}) sentences[language] = sentence_of({row.code, row.bound}, language);
  return {{"code", text(row.name)},
          {"tendency", text(name_of_tendency(row.tendency))},
          {"fact", text(name_of(row.fact))},
          {"holds", row.at_least ? "at_least" : "at_most"},
          {"bound", row.bound},
          {"sentences", std::move(sentences)}};
}

json::object catalogue() {
  json::array insights, facts;
  for (const InsightRow& row : all_insights()) insights.push_back(insight_view(row));
  for (std::size_t i = 0; i < kFactNames; ++i) {
    const auto name = static_cast<FactName>(i);
    facts.push_back(json::object{{"name", text(name_of(name))}, {"words", text(words_of(name))}});
  }
  AnalystRules builtin;
  builtin.actions = builtin_actions();
  builtin.messages = builtin_messages();
  json::object rules = view(builtin);
  return {{"insights", std::move(insights)},
          {"facts", std::move(facts)},
          {"actions", std::move(rules["actions"])},
          {"messages", std::move(rules["messages"])},
          {"languages", json::array{"en", "de", "es"}}};
}

// What a person who approves a text should know of it: that a provider's own words would not be let through with that.
json::value remark_on(const MessageTemplate& message, const AnalystRules& rules) {
  const WordsFault fault = fault_of(message.text, {}, rules);
  return fault == WordsFault::kNone ? json::value(nullptr) : json::value(text(name_of(fault)));
}

json::array messages_view(const AnalystRules& rules) {
  json::array out;
  for (const MessageTemplate& one : messages_of(rules)) {
    out.push_back(json::object{{"id", one.id},
                               {"language", one.language},
                               {"text", one.text},
                               {"when", names_of(one.when)},
                               {"shown", find_message(rules, one.id) == &one},
                               {"remark", remark_on(one, rules)}});
  }
  return out;
}

json::object reading_of(const ExampleJourney& example, const AnalystRules& rules) {
  const Analysis analysis = read_journey(example.digest, rules);
  json::object facts;
  for (const DigestFact& fact : example.digest.facts) facts[name_of(fact.name)] = fact.value;
  json::object out = view(analysis, rules);
  for (const char* of_a_visitor : {"id", "at", "journeyId", "cause", "source", "base", "movesRisk", "modelReasons"})
    out.erase(of_a_visitor);
  const MessageTemplate* message = message_for(insights_in(example.digest), rules);
  out["example"] = text(example.id);
  out["words"] = text(example.words);
  out["facts"] = std::move(facts);
  out["messageId"] = message == nullptr ? json::value(nullptr) : json::value(message->id);
  return out;
}

// Messages that visitors get in another language than the site's.
json::array untranslated(const AnalystRules& rules) {
  std::set<std::string> ids;
  for (const MessageTemplate& one : messages_of(rules)) {
    const MessageTemplate* shown = find_message(rules, one.id);
    const std::string_view base = std::string_view(rules.language).substr(0, rules.language.find('-'));
    if (shown->language != rules.language && shown->language != base) ids.insert(one.id);
  }
  json::array out;
  for (const std::string& id : ids) out.push_back(json::string(id));
  return out;
}

json::object preview(const AnalystRules& rules) {
  json::array readings;
  for (const ExampleJourney& example : example_journeys()) readings.push_back(reading_of(example, rules));
  return {{"language", rules.language},
          {"sentences", speaks(rules.language) ? text(rules.language) : json::string("en")},
          {"disclosure", rules.own_words ? json::value(disclosure_of(rules)) : json::value(nullptr)},
          {"builtinActions", rules.actions.empty()},
          {"builtinMessages", rules.messages.empty()},
          {"untranslated", untranslated(rules)},
          {"messages", messages_view(rules)},
          {"readings", std::move(readings)}};
}

}  // namespace

void Gateway::add_analyst_routes() {
  router_.add(Method::kGet, "/v1/analyst/catalogue", Access::kRead, [](const CallPtr& call) {
    static const std::string kCatalogue = json::serialize(catalogue());
    call->respond(json_response(kCatalogue));
  });

  router_.add(Method::kPost, "/v1/sites/{site}/rules/preview", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    if (const auto rules = drafted(call, site->id))
      call->respond(json_response(json::serialize(preview(rules->analyst))));
  });
}

}  // namespace handrail::gateway
