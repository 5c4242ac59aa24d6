// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/private_fields.h"

#include <boost/json.hpp>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/codec/document.h"
#include "gateway/codec/facts.h"

namespace handrail::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t kHashBytes = 16;

std::string pseudonym_of(const json::value& value, std::string_view key) {
  const std::string text = value.is_string() ? std::string(value.as_string()) : json::serialize(value);
  return to_hex(hmac_sha256(key, text).substr(0, kHashBytes));
}

// Whether the property was there.
bool apply(const core::FieldRule& rule, std::string_view key, json::object& root) {
  std::string_view path = rule.path;
  json::object* holder = &root;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    json::value* inner = holder->if_contains({path.data(), dot});
    if (inner == nullptr || !inner->is_object()) return false;
    holder = &inner->as_object();
    path.remove_prefix(dot + 1);
  }
  json::value* found = holder->if_contains({path.data(), path.size()});
  if (found == nullptr) return false;
  if (rule.action == core::FieldAction::kDrop) {
    holder->erase({path.data(), path.size()});
  } else {
    *found = pseudonym_of(*found, key);
  }
  return true;
}

// A first look without parsing: the last name of the path, as it would stand there.
bool may_hold(std::string_view text, const core::FieldRule& rule) {
  const std::size_t dot = rule.path.rfind('.');
  const std::string_view name = std::string_view(rule.path).substr(dot == std::string::npos ? 0 : dot + 1);
  // A name may be written with escapes; stored text has them only where JSON needs them.
  if (name.find_first_of("\"\\") != std::string_view::npos) return true;
  return text.find(name) != std::string_view::npos;
}

bool apply_all(const std::vector<core::FieldRule>& rules, std::string_view key, std::string& text) {
  bool may = false;
  for (const core::FieldRule& rule : rules) may = may || may_hold(text, rule);
  if (!may) return false;
  boost::system::error_code ec;
  json::value root = json::parse(text, ec);
  if (ec || !root.is_object()) return false;
  bool changed = false;
  for (const core::FieldRule& rule : rules) changed |= apply(rule, key, root.as_object());
  if (changed) text = json::serialize(root);
  return changed;
}

core::Fact fact_again(const core::Event& event) {
  if (std::holds_alternative<core::Custom>(event.fact)) return event.fact;
  std::string text = event.data_json;
  auto root = parse_document(text);
  simdjson::dom::object object;
  if (!root || root->get(object) != simdjson::SUCCESS) return core::Custom{};
  JsonReader reader(object, "eventData");
  core::Fact fact = event.tab_id.empty() ? read_mission_fact(event.type, reader) : read_fact(event.type, reader);
  return reader.fault() ? core::Fact{core::Custom{}} : fact;
}

}  // namespace

std::size_t keep_private(Intake& intake, const std::vector<core::FieldRule>& rules, std::string_view key) {
  if (rules.empty()) return 0;
  std::size_t count = 0;
  for (core::Record& record : intake.records) {
    auto* event = std::get_if<core::Event>(&record.body);
    if (event == nullptr) continue;
    const bool has_data_changed = apply_all(rules, key, event->data_json);
    if (has_data_changed) event->fact = fact_again(*event);
    const bool has_context_changed = !event->context_json.empty() && apply_all(rules, key, event->context_json);
    count += has_data_changed || has_context_changed ? 1 : 0;
  }
  return count;
}

}  // namespace handrail::gateway
