// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/reply.h"

#include <cmath>
#include <optional>

namespace handrail::language {
namespace {

namespace json = boost::json;
using core::AnalystReply;

tl::unexpected<Error> unreadable(const std::string& why, std::string member = {}) {
  return fail(ErrorCode::kCorrupt, "the model's answer " + why, std::move(member));
}

tl::unexpected<Error> wrong(std::string_view member, const char* why) {
  return unreadable("has a " + std::string(member) + " that " + why, std::string(member));
}

// What follows a model's thoughts. Some servers keep the tag that opens them to themselves.
std::string_view after_thoughts(std::string_view text) {
  for (const std::string_view tag : {"</think>", "</thinking>"}) {
    if (const std::size_t at = text.rfind(tag); at != std::string_view::npos) text.remove_prefix(at + tag.size());
  }
  return text;
}

// Thoughts that were cut off before any answer.
bool is_thought_only(std::string_view text) {
  const std::size_t opened = std::min(text.find("<think>"), text.find("<thinking>"));
  return opened != std::string_view::npos && opened < text.find('{');
}

// From the first brace to the one that closes it; braces in strings do not count. Nothing: it is not closed.
std::optional<std::string_view> object_in(std::string_view text) {
  const std::size_t begin = text.find('{');
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && c == '{') {
      ++depth;
    } else if (!in_string && c == '}' && --depth == 0) {
      return text.substr(begin, i + 1 - begin);
    }
  }
  return std::nullopt;
}

// nullptr: it is not there, or null.
const json::value* member(const json::object& of, std::string_view name) {
  const json::value* value = of.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::int64_t> score_in(const json::object& answer) {
  constexpr std::string_view kName = "exit_risk_score";
  constexpr double kWholeMax = 1e15;  // up to which each whole number is one of double's
  const json::value* score = member(answer, kName);
  if (score == nullptr) return unreadable("has no exit_risk_score", std::string(kName));
  if (score->is_int64()) return score->get_int64();
  if (!score->is_double()) return wrong(kName, "is no whole number");
  const double value = score->get_double();
  if (!(std::abs(value) <= kWholeMax) || value != std::trunc(value)) return wrong(kName, "is no whole number");
  return static_cast<std::int64_t>(value);
}

Result<std::string> text_in(const json::object& of, std::string_view name) {
  const json::value* text = member(of, name);
  if (text == nullptr) return std::string{};
  if (!text->is_string()) return wrong(name, "is no text");
  return std::string(text->get_string());
}

Result<json::array> list_in(const json::object& of, std::string_view name) {
  const json::value* list = member(of, name);
  if (list == nullptr) return json::array{};
  if (!list->is_array()) return wrong(name, "is no list");
  if (list->get_array().size() > kReplyItemsMax) return wrong(name, "is too long");
  return list->get_array();
}

Result<std::vector<AnalystReply::Cited>> insights_in(const json::object& answer) {
  constexpr std::string_view kName = "key_insights";
  const auto list = list_in(answer, kName);
  if (!list) return pass_on(list);
  std::vector<AnalystReply::Cited> insights;
  for (const json::value& item : *list) {
    if (!item.is_object()) return wrong(kName, "holds what is no object");
    auto code = text_in(item.get_object(), "code");
    if (!code) return pass_on(code);
    auto evidence = text_in(item.get_object(), "evidence");
    if (!evidence) return pass_on(evidence);
    insights.push_back({std::move(*code), std::move(*evidence)});
  }
  return insights;
}

Result<std::vector<std::string>> actions_in(const json::object& answer) {
  constexpr std::string_view kName = "recommended_actions";
  const auto list = list_in(answer, kName);
  if (!list) return pass_on(list);
  std::vector<std::string> actions;
  for (const json::value& item : *list) {
    if (!item.is_string()) return wrong(kName, "holds what is no text");
    actions.emplace_back(item.get_string());
  }
  return actions;
}

}  // namespace

Result<AnalystReply> reply_of(const json::object& answer) {
  auto insights = insights_in(answer);
  if (!insights) return pass_on(insights);
  const auto score = score_in(answer);
  if (!score) return pass_on(score);
  auto engagement = text_in(answer, "engagement_level");
  if (!engagement) return pass_on(engagement);
  auto actions = actions_in(answer);
  if (!actions) return pass_on(actions);
  auto message = text_in(answer, "message");
  if (!message) return pass_on(message);
  return AnalystReply{*score, std::move(*engagement), std::move(*insights), std::move(*actions), std::move(*message)};
}

Result<AnalystReply> reply_in(std::string_view text) {
  if (text.size() > kReplyBytesMax) return unreadable("is too long");
  const std::string_view said = after_thoughts(text);
  if (is_thought_only(said)) return unreadable("ends within its thoughts");
  if (said.find('{') == std::string_view::npos) return unreadable("has no JSON object");
  const auto object = object_in(said);
  if (!object) return unreadable("ends within its JSON object");
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = kReplyDepthMax;
  const json::value answer = json::parse({object->data(), object->size()}, ec, {}, options);
  if (ec) return unreadable("is no JSON: " + ec.message());
  return reply_of(answer.get_object());
}

}  // namespace handrail::language
