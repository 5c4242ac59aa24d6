// SPDX-License-Identifier: Apache-2.0
#include "gateway/rules_document.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <variant>

#include "config/fields.h"
#include "gateway/access/access_views.h"
#include "gateway/analyst_document.h"

namespace handrail::gateway {
namespace {

namespace json = boost::json;
using core::Policy;
using core::Rules;

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kPathBytes = 200;

struct Span {
  Millis Policy::*member;
  Millis unit;
};
using Member = std::variant<int Policy::*, bool Policy::*, Span>;

// Where in a policy each field of the configuration's [policy] lies.
struct PolicyRow {
  std::string_view name;
  Member member;
};
const std::array kPolicyRows = {
    PolicyRow{"qualify_risk", &Policy::qualify_risk},
    PolicyRow{"qualify_struggle", &Policy::qualify_struggle},
    PolicyRow{"rearm_risk", &Policy::rearm_risk},
    PolicyRow{"persistent_risk", &Policy::persistent_risk},
    PolicyRow{"persistent_count", &Policy::persistent_count},
    PolicyRow{"offers_per_session", &Policy::offers_per_session},
    PolicyRow{"offers_per_day", &Policy::offers_per_day},
    PolicyRow{"cooldown_s", Span{&Policy::cooldown, kSecond}},
    PolicyRow{"snooze_s", Span{&Policy::snooze, kSecond}},
    PolicyRow{"decline_s", Span{&Policy::decline, kSecond}},
    PolicyRow{"offer_lives_s", Span{&Policy::offer_lives, kSecond}},
    PolicyRow{"history_after_s", Span{&Policy::history_after, kSecond}},
    PolicyRow{"unanswered_after_s", Span{&Policy::unanswered_after, kSecond}},
    PolicyRow{"needs_agent", &Policy::needs_agent},
    PolicyRow{"holdout_percent", &Policy::holdout_percent},
    PolicyRow{"offer_budget_permille", &Policy::offer_budget_permille},
    PolicyRow{"journey_idle_s", Span{&Policy::journey_idle, kSecond}},
    PolicyRow{"journey_longest_s", Span{&Policy::journey_longest, kSecond}},
};
constexpr std::string_view kSection = "policy.";

template <class... Fs>
struct Cases : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Cases(Fs...) -> Cases<Fs...>;

void put(Policy& policy, const Member& member, const ConfigField& field) {
  std::visit(Cases{[&](int Policy::*at) { policy.*at = static_cast<int>(*std::get<std::int64_t*>(field.value)); },
                   [&](bool Policy::*at) { policy.*at = *std::get<bool*>(field.value); },
                   [&](const Span& at) { policy.*at.member = *std::get<std::int64_t*>(field.value) * at.unit; }},
             member);
}

json::value value_in(const Policy& policy, const Member& member) {
  return std::visit(Cases{[&](int Policy::*at) { return json::value(policy.*at); },
                          [&](bool Policy::*at) { return json::value(policy.*at); },
                          [&](const Span& at) { return json::value(policy.*at.member / at.unit); }},
                    member);
}

const PolicyRow* row_named(std::string_view name) {
  const auto* found = std::ranges::find(kPolicyRows, name, &PolicyRow::name);
  return found == kPolicyRows.end() ? nullptr : found;
}

// One value of "policy", with the bounds that the configuration has for it.
void read_value(JsonReader& in, const std::vector<ConfigField>& fields, simdjson::dom::key_value_pair member,
                Policy& policy) {
  const std::string path = std::string(kSection) + std::string(member.key);
  const PolicyRow* row = row_named(member.key);
  if (row == nullptr)
    return in.fail_as({"unknown_field", path, "is no value of a policy; handrail config reference names them", {}});
  const auto field = std::ranges::find(fields, path, &ConfigField::name);
  if (auto set = field->set(simdjson::minify(member.value)); !set)
    return in.fail_as({"out_of_range", path, set.error().message.substr(path.size() + 2), field->high});
  put(policy, row->member, *field);
}

void read_policy(JsonReader& in, Policy& policy) {
  const auto given = in.optional_object("policy");
  if (!given) return;
  Config bounds;
  const std::vector<ConfigField> fields = fields_of(bounds);
  for (const simdjson::dom::key_value_pair member : *given) read_value(in, fields, member, policy);
  if (policy.rearm_risk >= policy.qualify_risk)
    in.fail_as({"out_of_range", "policy.rearm_risk", "must be below policy.qualify_risk", policy.qualify_risk});
}

void set_weight(std::vector<core::WeightOverride>& weights, core::SignalKind signal, core::Grade grade, double weight) {
  std::erase_if(weights, [&](const core::WeightOverride& w) { return w.signal == signal && w.grade == grade; });
  const auto q16 = static_cast<std::uint32_t>(std::llround(weight * 65536));
  if (q16 != core::weight_q16(signal, grade)) weights.push_back({signal, grade, q16});
}

void read_weights(JsonReader& in, std::vector<core::WeightOverride>& weights) {
  const auto given = in.optional_object("weights");
  if (!given) return;
  for (const simdjson::dom::key_value_pair of_signal : *given) {
    const std::string path = "weights." + std::string(of_signal.key);
    const auto signal = core::signal_named(of_signal.key);
    simdjson::dom::object grades;
    if (!signal) return in.fail_as({"unknown_field", path, "is no signal", {}});
    if (of_signal.value.get(grades) != simdjson::SUCCESS)
      return in.fail_as({"wrong_type", path, "must hold a weight for each grade", {}});
    for (const simdjson::dom::key_value_pair of_grade : grades) {
      const std::string place = path + "." + std::string(of_grade.key);
      const auto grade = core::grade_named(of_grade.key);
      double weight = 0;
      if (!grade || core::weight_q16(*signal, *grade) == 0)
        return in.fail_as({"unknown_field", place, "is no grade of that signal", {}});
      if (of_grade.value.get(weight) != simdjson::SUCCESS || !(weight >= 0 && weight <= 1))
        return in.fail_as({"out_of_range", place, "must be between 0 and 1", 1});
      set_weight(weights, *signal, *grade, weight);
    }
  }
}

void read_goals(JsonReader& in, std::vector<core::DeclaredGoal>& goals) {
  const auto given = in.optional_array("goals");
  if (!given) return;
  goals.clear();
  for (const simdjson::dom::element item : *given) {
    simdjson::dom::object object;
    const std::string path = "goals[" + std::to_string(goals.size()) + "]";
    if (goals.size() == Rules::kGoalsMax)
      return in.fail_as({"too_long", "goals", "holds too many", static_cast<std::int64_t>(Rules::kGoalsMax)});
    if (item.get(object) != simdjson::SUCCESS)
      return in.fail_as({"wrong_type", path, "must have a name, and may have steps", {}});
    JsonReader goal(object, path);
    core::DeclaredGoal& declared = goals.emplace_back();
    declared.name = goal.text("name", kNameBytes);
    if (const auto steps = goal.optional_array("steps")) {
      for (const simdjson::dom::element step : *steps) {
        std::string_view name;
        if (step.get(name) != simdjson::SUCCESS || name.empty() || name.size() > kNameBytes ||
            declared.steps.size() == core::DeclaredGoal::kStepsMax)
          return in.fail_as({"bad_steps", path + ".steps", "must hold names of steps, in their order",
                             static_cast<std::int64_t>(core::DeclaredGoal::kStepsMax)});
        declared.steps.emplace_back(name);
      }
    }
    if (goal.fault()) return in.fail_as(*goal.fault());
    const auto same = std::ranges::count(goals, declared.name, &core::DeclaredGoal::name);
    if (same > 1) return in.fail_as({"exists", path + ".name", "is the name of another goal too", {}});
  }
}

void read_field_rules(JsonReader& in, simdjson::dom::object given, std::vector<core::FieldRule>& rules) {
  rules.clear();
  for (const simdjson::dom::key_value_pair member : given) {
    std::string_view action;
    const std::string path = "privacy.fields." + std::string(member.key);
    if (member.key.empty() || member.key.size() > kPathBytes || rules.size() == core::PrivacyRules::kFieldsMax)
      return in.fail_as({"too_long", "privacy.fields", "holds too many, or too long a name",
                         static_cast<std::int64_t>(core::PrivacyRules::kFieldsMax)});
    if (member.value.get(action) != simdjson::SUCCESS || (action != "drop" && action != "hash"))
      return in.fail_as({"wrong_type", path, "must be \"drop\" or \"hash\"", {}});
    rules.push_back({std::string(member.key), action == "hash" ? core::FieldAction::kHash : core::FieldAction::kDrop});
  }
}

void read_privacy(JsonReader& in, core::PrivacyRules& privacy) {
  const auto given = in.optional_object("privacy");
  if (!given) return;
  JsonReader inner(*given, "privacy");
  privacy.needs_consent = inner.flag("needsConsent", privacy.needs_consent);
  privacy.heeds_gpc = inner.flag("heedsGpc", privacy.heeds_gpc);
  if (const auto fields = inner.optional_object("fields")) read_field_rules(in, *fields, privacy.fields);
  if (inner.fault()) in.fail_as(*inner.fault());
}

void read_page(JsonReader& in, core::PageRules& page) {
  const auto given = in.optional_object("page");
  if (!given) return;
  JsonReader inner(*given, "page");
  page.autocapture = inner.flag("autocapture", page.autocapture);
  page.sample = inner.optional_integer("samplePercent", 0, 100).value_or(page.sample);
  page.flush_ms = inner.optional_integer("flushMs", 100, 60'000).value_or(page.flush_ms);
  page.batch_events = inner.optional_integer("batchEvents", 1, 50).value_or(page.batch_events);
  page.batch_bytes = inner.optional_integer("batchBytes", 1024, 16 << 10).value_or(page.batch_bytes);
  if (inner.fault()) in.fail_as(*inner.fault());
}

json::object weights_view(const Rules& rules) {
  const core::Weights weights(rules.weights);
  json::object out;
  for (const core::SignalRow& signal : core::all_signals()) {
    json::object grades;
    for (std::size_t i = 0; i < signal.grade_count; ++i) {
      const core::Grade grade = signal.grades[i].grade;
      grades[core::name_of(grade)] = std::round(static_cast<double>(weights.of(signal.kind, grade)) / 6.5536) / 10000;
    }
    out[signal.name] = std::move(grades);
  }
  return out;
}

json::array goals_view(const Rules& rules) {
  json::array out;
  for (const core::DeclaredGoal& goal : rules.goals)
    out.push_back(json::object{{"name", goal.name}, {"steps", json::value_from(goal.steps)}});
  return out;
}

json::object privacy_view(const core::PrivacyRules& privacy) {
  json::object fields;
  for (const core::FieldRule& rule : privacy.fields)
    fields[rule.path] = rule.action == core::FieldAction::kHash ? "hash" : "drop";
  return {{"needsConsent", privacy.needs_consent}, {"heedsGpc", privacy.heeds_gpc}, {"fields", std::move(fields)}};
}

}  // namespace

Policy policy_of(const Config::Policy& given) {
  Config config;
  config.policy = given;
  Policy policy;
  for (const ConfigField& field : fields_of(config)) {
    if (!field.name.starts_with(kSection)) continue;
    if (const PolicyRow* row = row_named(std::string_view(field.name).substr(kSection.size())))
      put(policy, row->member, field);
  }
  return policy;
}

void read_rules(JsonReader& in, Rules& rules) {
  read_policy(in, rules.policy);
  read_weights(in, rules.weights);
  read_goals(in, rules.goals);
  read_privacy(in, rules.privacy);
  read_page(in, rules.page);
  read_analyst(in, rules.analyst);
}

json::object view(const Rules& rules) {
  json::object policy;
  for (const PolicyRow& row : kPolicyRows) policy[row.name] = value_in(rules.policy, row.member);
  return {{"policy", std::move(policy)},     {"weights", weights_view(rules)},
          {"goals", goals_view(rules)},      {"privacy", privacy_view(rules.privacy)},
          {"page", page_config(rules.page)}, {"analyst", view(rules.analyst)}};
}

json::object summary_view(const core::RulesVersion& version) {
  return {{"version", version.version},
          {"effectiveAt", version.version == 0 ? json::value(nullptr) : json::value(version.effective_at)},
          {"author", version.author},
          {"note", version.note}};
}

json::object view(const core::RulesVersion& version) {
  json::object out = summary_view(version);
  out["rules"] = view(version.rules);
  return out;
}

}  // namespace handrail::gateway
