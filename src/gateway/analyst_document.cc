// SPDX-License-Identifier: Apache-2.0
#include "gateway/analyst_document.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/analysis/grounding.h"

namespace handrail::gateway {
namespace {

namespace json = boost::json;
using core::AnalystAction;
using core::AnalystRules;
using core::InsightCode;
using core::MessageTemplate;
using core::WordsFault;

constexpr std::size_t kLanguageBytes = 16;
constexpr std::int64_t kPauseMax = 3600;

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_catalogue_id(std::string_view id) {
  return std::ranges::all_of(id, [](char c) { return is_lower(c) || c == '_'; });
}

// "en", "pt-br": two or three letters, and what narrows them.
bool is_language(std::string_view tag) {
  const std::string_view base = tag.substr(0, tag.find('-'));
  const bool has_base =
      base.size() >= 2 && base.size() <= 3 && std::ranges::all_of(base, [](char c) { return c >= 'a' && c <= 'z'; });
  return has_base && !tag.ends_with('-') && std::ranges::all_of(tag, [](char c) { return is_lower(c) || c == '-'; });
}

std::string what_to_do(WordsFault fault) {
  switch (fault) {
    case WordsFault::kEmpty:
      return "must not be empty: leave it out, or write words";
    case WordsFault::kControl:
      return "holds control or invisible characters: write it as one line of plain text";
    case WordsFault::kMarkup:
      return "holds markup: leave out < > { } [ ] ` | \\ _ * # ~ ^ =";
    case WordsFault::kAddress:
      return "holds an address: leave out links, domains and @";
    case WordsFault::kForbidden:
      return "holds one of the words in analyst.forbidden: word it anew, or allow the word";
    default:
      return "may not be shown";
  }
}

void check_words(JsonReader& in, const std::string& path, std::string_view words, const AnalystRules& rules) {
  const WordsFault fault = core::plain_fault_of(words, rules);
  if (fault != WordsFault::kNone) in.fail_as({"bad_words", path, what_to_do(fault), {}});
}

// A text that may be left out, and may be taken back by "".
void read_words(JsonReader& in, std::string_view name, std::size_t bytes_max, std::string& words) {
  if (!in.find(name)) return;
  words = in.optional_text(name, bytes_max);
  if (!words.empty()) check_words(in, in.path_of(name), words, {});
}

std::string read_id(JsonReader& in) {
  std::string id = in.text("id", AnalystRules::kNameBytes);
  if (!in.fault() && !is_catalogue_id(id))
    in.fail("id", "bad_id", "may hold small letters, digits and _",
            static_cast<std::int64_t>(AnalystRules::kNameBytes));
  return id;
}

std::string read_language(JsonReader& in, std::string otherwise) {
  if (!in.find("language")) return otherwise;
  std::string tag = in.text("language", kLanguageBytes);
  if (!in.fault() && !is_language(tag))
    in.fail("language", "bad_id", "must be a language tag in small letters, such as en or pt-br");
  return tag;
}

bool has_room(JsonReader& in, std::string_view name, std::size_t held, std::size_t most) {
  if (held < most) return true;
  in.fail(name, "too_long", "holds more than " + std::to_string(most) + ": take some out",
          static_cast<std::int64_t>(most));
  return false;
}

void read_when(JsonReader& in, std::vector<InsightCode>& when) {
  const auto given = in.optional_array("when");
  if (!given) return;
  for (const simdjson::dom::element item : *given) {
    std::string_view name;
    const auto code = item.get(name) == simdjson::SUCCESS ? core::insight_named(name) : std::nullopt;
    if (!code) return in.fail("when", "out_of_range", "must hold insights; GET /v1/analyst/catalogue lists them");
    if (std::ranges::find(when, *code) == when.end()) when.push_back(*code);
  }
}

// Each object of a list, at its own path.
template <class Take>
void read_objects(JsonReader& in, std::string_view name, std::size_t most, Take take) {
  const auto given = in.optional_array(name);
  std::size_t count = 0;
  for (const simdjson::dom::element item : *given) {
    simdjson::dom::object object;
    const std::string path = in.path_of(name) + "[" + std::to_string(count) + "]";
    if (!has_room(in, name, count++, most)) return;
    if (item.get(object) != simdjson::SUCCESS) return in.fail_as({"wrong_type", path, "must be an object", {}});
    JsonReader one(object, path);
    take(one);
    if (one.fault()) return in.fail_as(*one.fault());
  }
}

void read_actions(JsonReader& in, std::vector<AnalystAction>& actions) {
  if (!in.find("actions")) return;
  actions.clear();
  if (!in.optional_array("actions")) return;
  read_objects(in, "actions", AnalystRules::kActionsMax, [&](JsonReader& one) {
    AnalystAction action{read_id(one), one.text("sentence", AnalystRules::kSentenceBytes), {}};
    read_when(one, action.when);
    if (one.fault()) return;
    check_words(one, one.path_of("sentence"), action.sentence, {});
    if (std::ranges::find(actions, action.id, &AnalystAction::id) != actions.end())
      one.fail("id", "exists", "is the id of another action too: give each its own");
    actions.push_back(std::move(action));
  });
}

void read_messages(JsonReader& in, std::vector<MessageTemplate>& messages, const std::string& language) {
  if (!in.find("messages")) return;
  messages.clear();
  if (!in.optional_array("messages")) return;
  read_objects(in, "messages", AnalystRules::kMessagesMax, [&](JsonReader& one) {
    MessageTemplate message{
        read_id(one), read_language(one, language), one.text("text", AnalystRules::kMessageBytes), {}};
    read_when(one, message.when);
    const bool is_there = std::ranges::any_of(messages, [&](const MessageTemplate& other) {
      return other.id == message.id && other.language == message.language;
    });
    if (is_there) one.fail("id", "exists", "has a text in that language already: keep one of the two");
    messages.push_back(std::move(message));
  });
}

template <class Check>
void read_names(JsonReader& in, std::string_view name, std::size_t most, std::vector<std::string>& names, Check check) {
  if (!in.find(name)) return;
  const auto given = in.optional_array(name);
  names.clear();
  if (!given) return;
  for (const simdjson::dom::element item : *given) {
    std::string_view one;
    const std::string path = in.path_of(name) + "[" + std::to_string(names.size()) + "]";
    if (!has_room(in, name, names.size(), most)) return;
    if (item.get(one) != simdjson::SUCCESS || one.empty() || one.size() > AnalystRules::kNameBytes)
      return in.fail_as({"too_long", path, "must be a text of 1 to 48 bytes: shorten it, or leave it out",
                         static_cast<std::int64_t>(AnalystRules::kNameBytes)});
    check(path, one);
    names.emplace_back(one);
  }
}

void read_forbidden(JsonReader& in, AnalystRules& rules) {
  read_names(in, "forbidden", AnalystRules::kForbiddenMax, rules.forbidden,
             [&](const std::string& path, std::string_view word) { check_words(in, path, word, {}); });
}

// They are told to a provider as they are: no sentence gets in by them.
void read_features(JsonReader& in, AnalystRules& rules) {
  read_names(in, "features", AnalystRules::kFeaturesMax, rules.features,
             [&](const std::string& path, std::string_view name) {
               if (!all_in(name, "_.:/-"))
                 in.fail_as({"bad_id", path, "may hold letters, digits and _ . : / -, no blanks", {}});
             });
}

void read_bounds(JsonReader& in, AnalystRules& rules) {
  rules.ask_from = static_cast<int>(in.optional_integer("askFrom", 0, 100).value_or(rules.ask_from));
  rules.ask_to = static_cast<int>(in.optional_integer("askTo", 0, 100).value_or(rules.ask_to));
  rules.pause = in.optional_integer("pauseS", 1, kPauseMax).value_or(rules.pause / kSecond) * kSecond;
  if (rules.ask_from > rules.ask_to)
    in.fail("askFrom", "out_of_range", "must not be above analyst.askTo", rules.ask_to);
}

// What visitors may get to see, held against all that the rules forbid by now: also words that this section left alone.
void check_shown(JsonReader& in, const AnalystRules& rules) {
  if (!rules.disclosure.empty()) check_words(in, in.path_of("disclosure"), rules.disclosure, rules);
  for (std::size_t i = 0; i < rules.messages.size(); ++i)
    check_words(in, in.path_of("messages") + "[" + std::to_string(i) + "].text", rules.messages[i].text, rules);
  if (!rules.messages.empty()) return;
  for (const MessageTemplate& one : core::builtin_messages()) {
    const bool is_shown = core::find_message(rules, one.id) == &one;
    if (is_shown && core::plain_fault_of(one.text, rules) == WordsFault::kForbidden)
      in.fail("forbidden", "bad_words",
              "forbids a word of the built-in message " + one.id + " (" + one.language +
                  "): give the site messages of its own, or allow the word");
  }
}

json::array texts(const std::vector<std::string>& words) {
  json::array out;
  for (const std::string& one : words) out.push_back(json::string(one));
  return out;
}

}  // namespace

void read_analyst(JsonReader& in, AnalystRules& rules) {
  const auto given = in.optional_object("analyst");
  if (!given) return;
  JsonReader inner(*given, "analyst");
  rules.processing = static_cast<core::AiProcessing>(
      inner.one_of("processing", {"allowed", "with_consent", "never"}, static_cast<std::size_t>(rules.processing)));
  rules.own_words = inner.flag("ownWords", rules.own_words);
  rules.language = read_language(inner, rules.language);
  read_words(inner, "tone", AnalystRules::kToneBytes, rules.tone);
  read_words(inner, "disclosure", AnalystRules::kDisclosureBytes, rules.disclosure);
  read_forbidden(inner, rules);
  read_features(inner, rules);
  read_actions(inner, rules.actions);
  read_messages(inner, rules.messages, rules.language);
  read_bounds(inner, rules);
  if (!inner.fault()) check_shown(inner, rules);
  if (inner.fault()) in.fail_as(*inner.fault());
}

json::array names_of(const std::vector<InsightCode>& codes) {
  json::array out;
  for (const InsightCode code : codes) out.push_back(json::string(core::name_of(code)));
  return out;
}

json::object view(const AnalystRules& rules) {
  json::array actions, messages;
  for (const AnalystAction& one : rules.actions)
    actions.push_back(json::object{{"id", one.id}, {"sentence", one.sentence}, {"when", names_of(one.when)}});
  for (const MessageTemplate& one : rules.messages)
    messages.push_back(
        json::object{{"id", one.id}, {"language", one.language}, {"text", one.text}, {"when", names_of(one.when)}});
  return {{"processing", json::string(core::name_of(rules.processing))},
          {"ownWords", rules.own_words},
          {"language", rules.language},
          {"tone", rules.tone},
          {"disclosure", rules.disclosure},
          {"forbidden", texts(rules.forbidden)},
          {"features", texts(rules.features)},
          {"actions", std::move(actions)},
          {"messages", std::move(messages)},
          {"askFrom", rules.ask_from},
          {"askTo", rules.ask_to},
          {"pauseS", rules.pause / kSecond}};
}

}  // namespace handrail::gateway
