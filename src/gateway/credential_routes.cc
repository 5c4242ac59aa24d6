// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/access/access_views.h"
#include "gateway/access/credential_text.h"
#include "gateway/gateway.h"
#include "gateway/small_body.h"

// Keys and tokens, and the audit of what was done with them.
namespace handrail::gateway {
namespace {

constexpr std::size_t kLabelBytes = 60;
constexpr std::int64_t kSecondsMax = 10LL * 365 * 24 * 3600;
constexpr std::int64_t kGraceMax = 30LL * 24 * 3600;

// With its text, this once.
HttpResponse shown_once(const MadeCredential& made) {
  boost::json::object out = view(made.credential);
  out["text"] = made.text.text();
  return json_response(boost::json::serialize(out));
}

}  // namespace

void Gateway::add_credential_routes() {
  router_.add(Method::kGet, "/v1/credentials", Access::kManage, [this](const CallPtr& call) {
    const bool all = call->caller.is_of_all_sites && !call->request.param("site");
    boost::json::array items;
    for (const core::Credential* credential : guard_.directory().credentials(all ? "" : call->caller.site))
      items.push_back(view(*credential));
    call->respond(json_response(boost::json::serialize(boost::json::object{{"items", std::move(items)}})));
  });

  router_.add(Method::kPost, "/v1/credentials", Access::kManage, [this](const CallPtr& call) {
    std::size_t role = 0;
    std::string label;
    std::optional<std::int64_t> expires_in;
    bool of_all_sites = false;
    const bool readable = read_body(call, [&](JsonReader& in) {
      role = in.one_of("role", {"page", "server", "reader", "agent", "admin", "owner"});
      label = in.text("label", kLabelBytes);
      expires_in = in.optional_integer("expiresInS", 1, kSecondsMax);
      of_all_sites = in.flag("allSites", false);
    });
    if (!readable) return;
    const auto wanted = static_cast<core::Role>(role);
    const bool is_of_all = of_all_sites || wanted == core::Role::kOwner;
    if (is_of_all && !call->caller.is_owner())
      return call->respond(problem(403, "role_not_allowed", "only an owner makes credentials of all sites", "role"));
    if (is_of_all && wanted < core::Role::kReader)
      return call->respond(problem(400, "out_of_range", "a page or a server belongs to one site", "allSites"));
    if (guard_.directory().credential_count() >= core::ControlState::kCredentialsMax)
      return call->respond(problem(409, "too_many", "there are as many credentials as there can be", "role",
                                   static_cast<std::int64_t>(core::ControlState::kCredentialsMax)));
    const UnixMillis now = ports_.clock.now() / 1000;
    MadeCredential made = make_credential(wanted, is_of_all ? "" : call->caller.site, label, now);
    if (expires_in) made.credential.expires_at = now + *expires_in * kSecond;
    std::vector<core::RecordBody> changes = declaration_of(made.credential.site);
    changes.emplace_back(made.credential);
    administer(call, std::move(changes),
               {"credential.made", made.credential.id, std::string(core::name_of(wanted)) + " " + label},
               [call, made] { call->respond(shown_once(made)); });
  });

  // A new one of the same kind; the old one goes on for the time of grace, so that nothing that holds it fails.
  router_.add(Method::kPost, "/v1/credentials/{id}/rotate", Access::kManage, [this](const CallPtr& call) {
    auto old = named_credential(call);
    std::int64_t grace = 0;
    if (!old || !read_body(call, [&](JsonReader& in) {
          grace = in.optional_integer("graceS", 0, kGraceMax).value_or(24 * 3600);
        }))
      return;
    const UnixMillis now = ports_.clock.now() / 1000;
    if (!old->is_valid(now))
      return call->respond(problem(409, "not_valid", "the credential has expired or was revoked; make a new one"));
    MadeCredential made = make_credential(old->role, old->site, old->label, now);
    if (old->expires_at) made.credential.expires_at = now + (*old->expires_at - old->made_at);
    old->expires_at = std::min(old->expires_at.value_or(INT64_MAX), now + grace * kSecond);
    administer(call, {*old, made.credential}, {"credential.rotated", old->id, "to " + made.credential.id},
               [call, made] { call->respond(shown_once(made)); });
  });

  router_.add(Method::kDelete, "/v1/credentials/{id}", Access::kManage, [this](const CallPtr& call) {
    auto credential = named_credential(call);
    if (!credential) return;
    if (!credential->revoked_at) credential->revoked_at = ports_.clock.now() / 1000;
    administer(call, {*credential}, {"credential.revoked", credential->id, credential->label},
               [call, credential] { call->respond(json_response(boost::json::serialize(view(*credential)))); });
  });

  router_.add(Method::kGet, "/v1/acts", Access::kManage, [this](const CallPtr& call) {
    const auto limit = list_limit(call);
    if (!limit) return;
    const auto before = number_in(call->request.param("before").value_or(std::to_string(INT64_MAX)));
    if (!before || *before < 0)
      return call->respond(problem(400, "out_of_range", "before must be an offset", "before"));
    const bool all = call->caller.is_of_all_sites && !call->request.param("site");
    read_settled(call, [this, call, limit = *limit, before, all] {
      auto acts = ports_.reader.acts(static_cast<Offset>(*before), limit);
      if (!acts) return call->respond(problem(acts.error()));
      boost::json::array items;
      for (const core::LoggedRecord& act : *acts)
        if (all || act.record.site == call->caller.site) items.push_back(act_view(act));
      const bool more = acts->size() == limit;
      call->respond(json_response(boost::json::serialize(boost::json::object{
          {"items", std::move(items)},
          {"next", more ? boost::json::value(std::to_string(acts->back().offset)) : boost::json::value(nullptr)}})));
    });
  });
}

// What declares the site, where nobody did: the open one becomes a site like any other with its first credential.
std::vector<core::RecordBody> Gateway::declaration_of(const std::string& site) {
  if (site.empty() || guard_.directory().site(site) != nullptr) return {};
  return {new_site(site)};
}

// The credential that the path names, where it is of the caller's site. Nothing: answered.
std::optional<core::Credential> Gateway::named_credential(const CallPtr& call) {
  const core::Credential* credential = guard_.directory().credential(call->params[0]);
  if (credential != nullptr && call->caller.sees_site(credential->site)) return *credential;
  call->respond(problem(404, "not_found", "no such credential"));
  return std::nullopt;
}

}  // namespace handrail::gateway
