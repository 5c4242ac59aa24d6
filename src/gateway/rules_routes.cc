// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "base/archive.h"
#include "gateway/access/access_views.h"
#include "gateway/gateway.h"
#include "gateway/rules_document.h"
#include "gateway/small_body.h"

// A site's rules: drafted, checked, published for a moment that comes, and rolled back.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t kNoteBytes = 500;
constexpr Millis kScheduleMax = 90 * kDay;

void respond_with(const CallPtr& call, const json::object& object) {
  call->respond(json_response(json::serialize(object)));
}

}  // namespace

void Gateway::keep_configuration() {
  if (!std::exchange(is_configuration_due_, false)) return;
  const auto& told = guard_.directory().rules().versions(core::RulesBook::kConfiguration);
  if (!told.empty() && archived(told.back().published().rules) == archived(options_.rules)) return;
  const UnixMicros now = ports_.clock.now();
  core::RulesVersion version;
  version.version = told.empty() ? 1 : told.back().published().version + 1;
  version.author = "configuration";
  version.effective_at = now / 1000 + core::ControlState::kLeadTime;
  version.rules = options_.rules;
  const core::Record record{std::string(core::RulesBook::kConfiguration), {}, now, 0, version};
  const core::Act act{version.author, {}, "configuration.changed", {}, "version " + std::to_string(version.version)};
  append({record, {record.site, {}, now, 0, act}}, [this, record](const Result<Receipt>& receipt) {
    transport_->post([this, record, receipt] {
      if (receipt) take_control({record}, *receipt);
      is_configuration_due_ = !receipt;
    });
  });
}

core::RulesInForce Gateway::rules_now(const std::string& site) const {
  const auto published = guard_.directory().rules().at(site, ports_.clock.now() / 1000);
  return published ? *published : core::RulesInForce{{}, options_.rules, core::catalogue_weights()};
}

void Gateway::tell_pages() {
  std::map<std::string, core::PageRules> told;
  for (const std::string& site : ports_.hub.sites_with_pages()) {
    const core::PageRules& now = rules_now(site).rules.page;
    const auto before = pages_told_.find(site);
    if (before != pages_told_.end() && before->second != now)
      ports_.hub.to_site(site, "config", boost::json::serialize(page_config(now)));
    told.emplace(site, now);
  }
  pages_told_ = std::move(told);
}

// What a draft begins with: the draft there is, else what was published last, else the configuration's rules.
core::Rules Gateway::rules_to_draft_from(const std::string& site) const {
  const core::RulesBook& book = guard_.directory().rules();
  if (auto draft = book.draft(site)) return std::move(draft->rules);
  const auto& versions = book.versions(site);
  return versions.empty() ? options_.rules : versions.back().published().rules;
}

// The rules of the body over those that a draft begins with. Nothing: answered.
std::optional<core::Rules> Gateway::drafted(const CallPtr& call, const std::string& site) {
  core::Rules rules = rules_to_draft_from(site);
  if (!read_body(call, [&](JsonReader& in) { read_rules(in, rules); })) return std::nullopt;
  return rules;
}

void Gateway::publish_rules(const CallPtr& call, core::RulesVersion version, const char* what) {
  const core::RulesBook& book = guard_.directory().rules();
  const auto& versions = book.versions(call->caller.site);
  version.version = versions.empty() ? 1 : versions.back().published().version + 1;
  version.author = call->caller.actor;
  version.effective_at = std::max(version.effective_at, ports_.clock.now() / 1000 + core::ControlState::kLeadTime);
  std::vector<core::RecordBody> changes{version};
  if (book.draft(call->caller.site)) {
    core::RulesVersion gone;
    gone.is_dropped = true;
    changes.emplace_back(std::move(gone));
  }
  administer(call, std::move(changes), {what, call->caller.site, "version " + std::to_string(version.version)},
             [call, version] { respond_with(call, view(version)); });
}

void Gateway::add_rules_routes() {
  router_.add(Method::kGet, "/v1/sites/{site}/rules", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    const core::RulesBook& book = guard_.directory().rules();
    const core::RulesInForce held = rules_now(site->id);
    json::array versions;
    const auto& all = book.versions(site->id);
    for (auto version = all.rbegin(); version != all.rend(); ++version)
      versions.push_back(summary_view(version->published()));
    const auto draft = book.draft(site->id);
    respond_with(call, {{"version", held.stamp.is_sites ? held.stamp.version : 0},
                        {"configurationVersion", held.stamp.is_sites ? 0 : held.stamp.version},
                        {"rules", view(held.rules)},
                        {"versions", std::move(versions)},
                        {"draft", draft ? json::value(view(*draft)) : json::value(nullptr)}});
  });

  router_.add(Method::kPut, "/v1/sites/{site}/rules/draft", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    auto rules = drafted(call, call->caller.site);
    if (!rules) return;
    core::RulesVersion draft;
    draft.author = call->caller.actor;
    draft.rules = std::move(*rules);
    administer(call, {draft}, {"rules.drafted", call->caller.site, {}},
               [call, draft] { respond_with(call, view(draft)); });
  });

  router_.add(Method::kDelete, "/v1/sites/{site}/rules/draft", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    core::RulesVersion gone;
    gone.is_dropped = true;
    administer(call, {gone}, {"rules.draft_dropped", call->caller.site, {}}, [call] {
      respond_with(call, {{"dropped", true}});
    });
  });

  router_.add(Method::kPost, "/v1/sites/{site}/rules/validate", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    if (const auto rules = drafted(call, site->id)) respond_with(call, {{"valid", true}, {"rules", view(*rules)}});
  });

  router_.add(Method::kPost, "/v1/sites/{site}/rules/publish", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    core::RulesVersion version;
    const UnixMillis now = ports_.clock.now() / 1000;
    const bool readable = read_body(call, [&](JsonReader& in) {
      version.note = in.optional_text("note", kNoteBytes);
      version.effective_at = in.optional_integer("effectiveAt", 0, now + kScheduleMax).value_or(0);
    });
    if (!readable) return;
    auto draft = guard_.directory().rules().draft(call->caller.site);
    if (!draft) return call->respond(problem(409, "no_draft", "there is no draft to publish", "draft"));
    version.rules = std::move(draft->rules);
    publish_rules(call, std::move(version), "rules.published");
  });

  router_.add(Method::kPost, "/v1/sites/{site}/rules/rollback", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    std::int64_t to = 0;
    core::RulesVersion version;
    const bool readable = read_body(call, [&](JsonReader& in) {
      to = in.integer("version", 0, INT64_MAX);
      version.note = in.optional_text("note", kNoteBytes);
    });
    if (!readable) return;
    if (version.note.empty()) version.note = "back to version " + std::to_string(to);
    version.rules = options_.rules;
    if (to > 0) {
      auto old = guard_.directory().rules().version(call->caller.site, static_cast<std::uint64_t>(to));
      if (!old) return call->respond(problem(404, "no_such_version", "that version is not kept", "version"));
      version.rules = std::move(old->rules);
    }
    publish_rules(call, std::move(version), "rules.rolled_back");
  });

  router_.add(Method::kGet, "/v1/sites/{site}/rules/{version}", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    const auto number = number_in(call->params[1]);
    const auto version = number && *number > 0
                             ? guard_.directory().rules().version(site->id, static_cast<std::uint64_t>(*number))
                             : std::nullopt;
    if (!version) return call->respond(problem(404, "no_such_version", "that version is not kept", "version"));
    respond_with(call, view(*version));
  });
}

}  // namespace handrail::gateway
