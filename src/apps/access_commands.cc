// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <future>

#include "apps/answer_text.h"
#include "apps/cloud.h"
#include "apps/commands.h"
#include "apps/http_client.h"
#include "apps/program.h"
#include "gateway/access/credential_text.h"

// Sites and credentials from the command line: by the API of a running server, and the first token on the data itself.
namespace handrail {
namespace {

namespace json = boost::json;

void print_site(const json::value& site) {
  fmt::print("{:<20} {}\n  origins {}\n  requests a second {}, users verified {}, stopped {}\n", text(site, "id"),
             text(site, "name"), text(site, "origins"), text(site, "requestsPerSecond"), text(site, "verifiesUsers"),
             text(site, "stopped"));
  if (site.get_object().contains("identitySecret"))
    fmt::print("  identity secret, shown this once: {}\n", text(site, "identitySecret"));
}

void print_credential(const json::value& credential) {
  fmt::print("{:<34} {:<8} {:<12} {:<20} until {}{}\n", text(credential, "id"), text(credential, "role"),
             text(credential, "site"), text(credential, "label"), time_of(credential, "expiresAt"),
             credential.at("revokedAt").is_null() ? "" : ", revoked");
  if (credential.get_object().contains("text")) fmt::print("  {}\n", text(credential, "text"));
}

void print_each(const json::value& list, void (*print)(const json::value&)) {
  for (const json::value& item : list.at("items").as_array()) print(item);
}

json::object settings_of(const SiteFlags& flags) {
  json::object body;
  if (!flags.name.empty()) body["name"] = flags.name;
  if (!flags.origins.empty()) body["origins"] = json::value_from(flags.origins);
  if (flags.requests_per_second) body["requestsPerSecond"] = *flags.requests_per_second;
  if (flags.retention_days) body["retentionDays"] = *flags.retention_days;
  if (flags.verifies_users) body["verifiesUsers"] = *flags.verifies_users;
  if (flags.stopped) body["stopped"] = *flags.stopped;
  return body;
}

Result<void> append_to_log(const Config& config, const Clock& clock, std::vector<core::Record> entries) {
  auto log = segments::SegmentsLog::open(log_options(config), clock);
  if (!log) return pass_on(log);
  std::promise<Result<Receipt>> appended;
  (*log)->append(std::move(entries), [&](Result<Receipt> receipt) { appended.set_value(std::move(receipt)); });
  const Result<Receipt> done = appended.get_future().get();
  (*log)->stop();
  if (!done) return pass_on(done);
  return {};
}

Result<void> append_to_tables(const Config& config, const Clock& clock, const std::vector<core::Record>& entries) {
  auto cloud = Cloud::make(config, clock);
  if (!cloud) return pass_on(cloud);
  if (auto opened = (*cloud)->open_lists(); !opened) return pass_on(opened);
  auto appended = (*cloud)->control_log().append(entries);
  if (!appended) return pass_on(appended);
  return {};
}

// Nobody can ask a server for the first owner's token, so it is written where the server reads: into the log of one
// that does not run, or into the tables.
int make_first_token(const Config& config, const TokenFlags& flags) {
  const SystemClock clock;
  const auto made =
      gateway::make_credential(core::Role::kOwner, {}, flags.label.empty() ? "first" : flags.label, clock.now() / 1000);
  const core::Act act{"command line", {}, "credential.made", made.credential.id, "owner " + made.credential.label};
  std::vector<core::Record> entries{{{}, {}, clock.now(), 0, made.credential}, {{}, {}, clock.now(), 0, act}};
  if (flags.in_tables) {
    if (auto done = append_to_tables(config, clock, entries); !done) return failed(done.error());
  } else if (auto done = append_to_log(config, clock, std::move(entries)); !done) {
    return failed(done.error(), "handrail: of a running server ask `handrail tokens make` instead\n");
  }
  fmt::print("{}\n", made.text.text());
  fmt::print(stderr, "handrail: an owner's token; it is shown this once. Keep it: export HANDRAIL_TOKEN=...\n");
  return kOk;
}

}  // namespace

int run_sites(const SiteFlags& flags) {
  HttpClient client(flags.server);
  if (flags.what == "list")
    return report(client.get("/v1/sites"), flags.as_json,
                  [](const json::value& list) { print_each(list, print_site); });
  if (flags.id.empty()) {
    fmt::print(stderr, "handrail: which one? handrail sites {} ID\n", flags.what);
    return kUsage;
  }
  const std::string path = "/v1/sites/" + flags.id;
  json::object body = settings_of(flags);
  if (flags.what == "create") body["id"] = flags.id;
  const auto answer = flags.what == "show"     ? client.get(path)
                      : flags.what == "create" ? client.post("/v1/sites", json::serialize(body))
                      : flags.what == "set"    ? client.ask("PUT", path, json::serialize(body))
                      : flags.what == "remove"
                          ? client.ask("DELETE", path, {})
                          : client.post(path + "/secrets", R"({"which":")" + flags.secret + R"("})");
  return report(answer, flags.as_json,
                flags.what == "remove" ? [](const json::value&) { fmt::print("removed\n"); } : print_site);
}

int run_tokens(const LoadedConfig& loaded, const TokenFlags& flags) {
  if (flags.what == "first") return make_first_token(loaded.config, flags);
  HttpClient client(flags.server);
  const std::string site = flags.site.empty() ? "" : "?site=" + flags.site;
  if (flags.what == "list")
    return report(client.get("/v1/credentials" + site), flags.as_json,
                  [](const json::value& list) { print_each(list, print_credential); });
  if (flags.what == "make") {
    json::object body{{"role", flags.role}, {"label", flags.label.empty() ? flags.role : flags.label}};
    if (flags.days) body["expiresInS"] = *flags.days * 24 * 3600;
    if (flags.all_sites) body["allSites"] = true;
    return report(client.post("/v1/credentials" + site, json::serialize(body)), flags.as_json, print_credential);
  }
  if (flags.id.empty()) {
    fmt::print(stderr, "handrail: which one? handrail tokens {} ID\n", flags.what);
    return kUsage;
  }
  const std::string path = "/v1/credentials/" + flags.id;
  const auto answer =
      flags.what == "revoke" ? client.ask("DELETE", path + site, {}) : client.post(path + "/rotate" + site, "");
  return report(answer, flags.as_json, print_credential);
}

}  // namespace handrail
