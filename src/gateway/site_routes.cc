// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/access/access_views.h"
#include "gateway/access/credential_text.h"
#include "gateway/gateway.h"
#include "gateway/small_body.h"

// Sites, as their owners make and change them.
namespace handrail::gateway {
namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kOriginBytes = 255;
constexpr std::size_t kIdBytes = 40;
constexpr std::int64_t kRetentionDaysMax = 3650;
constexpr std::int64_t kRateMax = 10'000'000;

bool is_site_id(std::string_view id) {
  return id.size() <= kIdBytes && !id.starts_with('-') && !id.starts_with('_') && std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

// As browsers send it: scheme, name and port, and nothing behind them.
bool is_origin(std::string_view origin) {
  const std::size_t scheme = origin.starts_with("https://") ? 8 : origin.starts_with("http://") ? 7 : 0;
  const std::string_view rest = origin.substr(scheme);
  return scheme > 0 && !rest.empty() && std::ranges::all_of(rest, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' ||
                  c == ']';
         });
}

void read_origins(JsonReader& in, std::vector<std::string>& origins) {
  const auto given = in.optional_array("origins");
  if (!given) return;
  origins.clear();
  for (const simdjson::dom::element item : *given) {
    std::string_view origin;
    if (item.get(origin) != simdjson::SUCCESS || origin.size() > kOriginBytes || !is_origin(origin))
      return in.fail("origins", "bad_origin", "must hold origins in lower case, such as \"https://shop.example\"");
    if (origins.size() == core::Site::kOriginsMax)
      return in.fail("origins", "too_long", "holds too many", core::Site::kOriginsMax);
    origins.emplace_back(origin);
  }
}

// What the body says of the site; what it does not mention stays.
void read_settings(JsonReader& in, core::Site& site) {
  if (const std::string name = in.optional_text("name", kNameBytes); !name.empty()) site.name = name;
  read_origins(in, site.origins);
  if (const auto rate = in.optional_integer("requestsPerSecond", 0, kRateMax))
    site.requests_per_second = static_cast<std::uint32_t>(*rate);
  if (const auto days = in.optional_integer("retentionDays", 0, kRetentionDaysMax))
    site.retention_days = static_cast<std::uint32_t>(*days);
  site.verifies_users = in.flag("verifiesUsers", site.verifies_users);
  site.is_stopped = in.flag("stopped", site.is_stopped);
}

void add_secret(std::vector<std::string>& secrets) {
  secrets.insert(secrets.begin(), make_signing_secret());
  if (secrets.size() > core::Site::kSecretsMax) secrets.resize(core::Site::kSecretsMax);
}

void respond_with(const CallPtr& call, boost::json::object object) {
  call->respond(json_response(boost::json::serialize(object)));
}

}  // namespace

core::Site new_site(std::string id) {
  core::Site site;
  site.name = id;
  site.id = std::move(id);
  add_secret(site.token_secrets);
  add_secret(site.identity_secrets);
  return site;
}

void Gateway::add_site_routes() {
  router_.add(Method::kGet, "/v1/sites", Access::kRead, [this](const CallPtr& call) {
    boost::json::array items;
    for (const core::Site* site : guard_.directory().sites())
      if (call->caller.sees_site(site->id)) items.push_back(view(*site));
    respond_with(call, {{"items", std::move(items)}});
  });

  router_.add(Method::kPost, "/v1/sites", Access::kOwn, [this](const CallPtr& call) {
    core::Site site;
    const bool readable = read_body(call, [&](JsonReader& in) {
      site = new_site(in.text("id", kIdBytes));
      if (!in.fault() && !is_site_id(site.id)) in.fail("id", "bad_id", "may hold a-z, 0-9, _ and -");
      read_settings(in, site);
    });
    if (!readable) return;
    const Directory& directory = guard_.directory();
    if (directory.site(site.id) != nullptr)
      return call->respond(problem(409, "exists", "there is, or was, a site of that id", "id"));
    if (directory.site_count() >= core::ControlState::kSitesMax)
      return call->respond(problem(409, "too_many", "there are as many sites as there can be", "id",
                                   static_cast<std::int64_t>(core::ControlState::kSitesMax)));
    administer(call, {site}, {"site.created", site.id, site.name}, [call, site] {
      boost::json::object shown = view(site);
      shown["identitySecret"] = site.identity_secrets.front();  // this once
      respond_with(call, std::move(shown));
    });
  });

  router_.add(Method::kGet, "/v1/sites/{site}", Access::kRead, [this](const CallPtr& call) {
    if (const auto site = named_site(call)) respond_with(call, view(*site));
  });

  router_.add(Method::kPut, "/v1/sites/{site}", Access::kManage, [this](const CallPtr& call) {
    auto site = named_site(call);
    if (!site || !read_body(call, [&](JsonReader& in) { read_settings(in, *site); })) return;
    administer(call, {*site}, {"site.changed", site->id, boost::json::serialize(view(*site))},
               [call, site] { respond_with(call, view(*site)); });
  });

  // Signed with the old one, tokens stay valid until they expire: rotation has no gap.
  router_.add(Method::kPost, "/v1/sites/{site}/secrets", Access::kManage, [this](const CallPtr& call) {
    auto site = named_site(call);
    std::size_t which = 0;
    if (!site || !read_body(call, [&](JsonReader& in) { which = in.one_of("which", {"token", "identity"}); })) return;
    add_secret(which == 0 ? site->token_secrets : site->identity_secrets);
    administer(call, {*site}, {"site.secret_rotated", site->id, which == 0 ? "token" : "identity"},
               [call, site, which] {
                 boost::json::object shown = view(*site);
                 if (which == 1) shown["identitySecret"] = site->identity_secrets.front();
                 respond_with(call, std::move(shown));
               });
  });

  router_.add(Method::kDelete, "/v1/sites/{site}", Access::kOwn, [this](const CallPtr& call) {
    auto site = named_site(call);
    if (!site) return;
    site->is_removed = true;
    administer(call, {*site}, {"site.removed", site->id, site->name}, [call, site] {
      respond_with(call, {{"id", site->id}, {"removed", true}});
    });
  });
}

// The site that the path names, where the caller may see it. Nothing: answered.
std::optional<core::Site> Gateway::named_site(const CallPtr& call) {
  const std::string& id = call->params[0];
  const core::Site* site = guard_.directory().site(id);
  const bool is_there = site != nullptr && !site->is_removed;
  if (call->caller.sees_site(id) && is_there) return *site;
  if (call->caller.sees_site(id) && id == kOpenSite) return new_site(id);  // the open one, which nobody declared yet
  call->respond(problem(404, "no_such_site", "there is no site of that id", "site"));
  return std::nullopt;
}

bool Gateway::take_named_site(const CallPtr& call) {
  const auto site = named_site(call);
  if (site) call->caller.site = site->id;
  return site.has_value();
}

// Appends what changes and who did it, together; then the gateway knows it, and `done` answers.
void Gateway::administer(const CallPtr& call, std::vector<core::RecordBody> changes, ActWords words,
                         std::function<void()> done) {
  std::vector<core::Record> records;
  const UnixMicros now = ports_.clock.now();
  changes.emplace_back(core::Act{call->caller.actor, call->request.peer, std::move(words.what),
                                 std::move(words.subject), std::move(words.detail)});
  for (core::RecordBody& change : changes) records.push_back({call->caller.site, {}, now, 0, std::move(change)});
  append(records, [this, call, records, done = std::move(done)](const Result<Receipt>& receipt) {
    if (!receipt) return call->respond(problem(receipt.error()));
    transport_->post([this, records, done, receipt = *receipt] {
      take_control(records, receipt);
      done();
    });
  });
}

// At once, for whom it was written by this gateway: it is told like all others a little later.
void Gateway::take_control(const std::vector<core::Record>& records, const Receipt& receipt) {
  if (!receipt.first) return;
  Offset offset = *receipt.first;
  for (const core::Record& record : records) guard_.directory().take({offset++, record});
}

}  // namespace handrail::gateway
