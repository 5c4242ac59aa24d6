// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/access_views.h"

#include <boost/json.hpp>

#include "gateway/access/credential_text.h"

namespace handrail::gateway {
namespace {

namespace json = boost::json;

json::value or_null(const std::optional<UnixMillis>& at) { return at ? json::value(*at) : json::value(nullptr); }

}  // namespace

json::object view(const core::Site& site) {
  json::array origins;
  for (const std::string& origin : site.origins) origins.push_back(json::value(origin));
  return {{"id", site.id},
          {"name", site.name},
          {"origins", std::move(origins)},
          {"requestsPerSecond", site.requests_per_second},
          {"retentionDays", site.retention_days},
          {"verifiesUsers", site.verifies_users},
          {"stopped", site.is_stopped}};
}

json::object view(const core::Credential& credential) {
  json::object out{{"id", credential.id},
                   {"site", credential.site.empty() ? json::value(nullptr) : json::value(credential.site)},
                   {"role", core::name_of(credential.role)},
                   {"label", credential.label},
                   {"madeAt", credential.made_at},
                   {"expiresAt", or_null(credential.expires_at)},
                   {"revokedAt", or_null(credential.revoked_at)}};
  if (credential.role == core::Role::kPage) out["text"] = text_of_page_key(credential).text();
  return out;
}

json::object act_view(const core::LoggedRecord& logged) {
  const auto& act = std::get<core::Act>(logged.record.body);
  return {{"offset", logged.offset},    {"at", logged.record.received_at / 1000},
          {"site", logged.record.site}, {"actor", act.actor},
          {"address", act.address},     {"what", act.what},
          {"subject", act.subject},     {"detail", act.detail}};
}

json::object page_config(const core::PageRules& page) {
  return {{"autocapture", page.autocapture},
          {"samplePercent", page.sample},
          {"flushMs", page.flush_ms},
          {"batchEvents", page.batch_events},
          {"batchBytes", page.batch_bytes}};
}

}  // namespace handrail::gateway
