// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/guard.h"

#include <algorithm>

#include "base/crypto.h"
#include "gateway/access/credential_text.h"
#include "gateway/access/presented.h"
#include "gateway/problem.h"

namespace handrail::gateway {
namespace {

telemetry::Counter refused(telemetry::Metrics& metrics, const char* reason) {
  return metrics.counter("handrail_http_refused_total", "Requests refused before their route", {{"reason", reason}});
}

HttpResponse forbidden_response(std::string code, std::string detail) {
  return problem(403, std::move(code), std::move(detail));
}

HttpResponse unauthenticated(const char* what) {
  HttpResponse refusal = problem(401, "unauthenticated", what, "Authorization");
  refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
  return refusal;
}

bool is_of_people(const core::Credential& credential) { return credential.role >= core::Role::kReader; }

}  // namespace

Guard::Guard(GuardOptions options, const Clock& clock, telemetry::Metrics& metrics)
    : options_(options),
      clock_(clock),
      own_secrets_{make_signing_secret()},
      unauthenticated_(refused(metrics, "unauthenticated")),
      forbidden_(refused(metrics, "forbidden")),
      throttled_(refused(metrics, "throttled")) {}

Guard::Answer<Caller> Guard::let_in(const HttpRequest& request, Access access) {
  if (access == Access::kPlain || access == Access::kOpen || access == Access::kEnter) return Caller{};
  const Presented presented = presented_by(request);
  if (access == Access::kVisit && !presented.visitor.empty())
    return by_visitor_token(presented.visitor, request, access);
  // Where nobody is asked, what is no credential of ours is the business of the page: it may be signed in elsewhere.
  const bool is_ours = !options_.is_open || CredentialText::parse(presented.key);
  if (!presented.key.empty() && is_ours) {
    auto credential = recognise(presented.key, request.peer);
    if (!credential) return tl::unexpected(std::move(credential.error()));
    return by_credential(**credential, request, access, presented.visitor);
  }
  if (is_for_people(access) && !presented.cookie.empty()) return by_sign_in(presented.cookie, request, access);
  return without(request, access);
}

Guard::Answer<Caller> Guard::let_page_in(std::string_view key, const HttpRequest& request) {
  if (key.empty()) return without(request, Access::kSend);
  auto credential = recognise(key, request.peer);
  if (!credential) return tl::unexpected(std::move(credential.error()));
  return by_credential(**credential, request, Access::kSend, presented_by(request).visitor);
}

// Nobody is asked on a machine of one's own; elsewhere the request lacks what it needs.
Guard::Answer<Caller> Guard::without(const HttpRequest& request, Access access) const {
  if (!options_.is_open) {
    return tl::unexpected(
        unauthenticated(is_for_people(access)      ? "this route needs a token: Authorization: Bearer hr_..."
                        : access == Access::kVisit ? "this route needs a visitor's token: POST /v1/sessions gives one"
                                                   : "this route needs a key: Bearer, Basic or ?writeKey="));
  }
  Caller caller;
  caller.actor = "open site";
  caller.is_of_all_sites = true;
  if (is_for_people(access)) caller.site = request.param("site").value_or(kOpenSite);
  if (directory_.site(caller.site) == nullptr && caller.site != kOpenSite)
    return tl::unexpected(problem(404, "no_such_site", "there is no site of that id", "site"));
  if (auto refusal = site_refuses(caller.site, request, access)) return tl::unexpected(std::move(*refusal));
  return caller;
}

Guard::Answer<Caller> Guard::by_visitor_token(std::string_view token, const HttpRequest& request, Access access) {
  const std::string site = site_of_visitor_token(token).value_or("");
  auto claims = read_visitor_token(token, site, token_secrets(site), clock_.now() / 1000);
  if (!claims) return tl::unexpected(unknown("the visitor's token is not valid, or no longer: ask for a new one"));
  if (auto refusal = site_refuses(site, request, access)) return tl::unexpected(std::move(*refusal));
  Caller caller;
  caller.site = site;
  caller.role = core::Role::kPage;
  caller.visitor = std::move(claims);
  return caller;
}

Guard::Answer<const core::Credential*> Guard::recognise(std::string_view text, const std::string& address) {
  if (is_waiting(address)) {
    throttled_.add();
    HttpResponse refusal = problem(429, "too_many_failures", "too many unknown credentials from this address; wait",
                                   "access.failed_tries_max", options_.failed_tries_max);
    refusal.headers.back().second = std::to_string(kFailedWithin / kSecond);
    return tl::unexpected(std::move(refusal));
  }
  const auto parsed = CredentialText::parse(text);
  const core::Credential* known = parsed ? directory_.credential(parsed->id) : nullptr;
  if (known != nullptr && is_text_of(*parsed, *known) && known->is_valid(clock_.now() / 1000)) return known;
  // A page's key holds no secret that could be guessed, and a page that is behind others has done nothing wrong.
  if (!parsed || parsed->role != core::Role::kPage) note_failure(address);
  return tl::unexpected(unknown("the credential is not known, or no longer valid"));
}

HttpResponse Guard::unknown(const char* what) {
  unauthenticated_.add();
  if (!knows_all_) return problem(503, "starting", "the server is still reading which credentials there are");
  return unauthenticated(what);
}

Guard::Answer<Caller> Guard::by_credential(const core::Credential& credential, const HttpRequest& request,
                                           Access access, std::string_view visitor_token) {
  const bool is_too_narrow = access == Access::kWatch && !credential.site.empty();
  if (!allows(credential.role, access) || is_too_narrow) {
    forbidden_.add();
    return tl::unexpected(
        forbidden_response("role_not_allowed", "a credential of role " + std::string(core::name_of(credential.role)) +
                                                   (is_too_narrow ? " and of one site" : "") + " may not do this"));
  }
  Caller caller;
  caller.role = credential.role;
  caller.is_of_all_sites = credential.site.empty();
  caller.name = credential.label;
  caller.actor = credential.id + " " + credential.label;
  const std::string asked = is_of_people(credential) ? request.param("site").value_or("") : "";
  caller.site = !credential.site.empty() ? credential.site : asked.empty() ? kOpenSite : asked;
  if (!asked.empty() && asked != caller.site) {
    forbidden_.add();
    return tl::unexpected(forbidden_response("other_site", "the credential is for another site"));
  }
  if (auto refusal = site_refuses(caller.site, request, access)) return tl::unexpected(std::move(*refusal));
  if (access == Access::kSend && !visitor_token.empty())  // who the page speaks for: its word about the user
    caller.visitor = read_visitor_token(visitor_token, caller.site, token_secrets(caller.site), clock_.now() / 1000);
  return caller;
}

Guard::Answer<Caller> Guard::by_sign_in(std::string_view token, const HttpRequest& request, Access access) {
  const UnixMillis now = clock_.now() / 1000;
  const core::Credential* credential = directory_.credential(credential_of_sign_in(token).value_or(""));
  if (credential == nullptr || !credential->is_valid(now) || !is_signed_in(token, credential->secret_sha256, now))
    return tl::unexpected(unknown("sign in again"));
  return by_credential(*credential, request, access, {});
}

// What the site itself has against a request. A site that nobody declared is the open one.
std::optional<HttpResponse> Guard::site_refuses(std::string_view id, const HttpRequest& request, Access access) const {
  const core::Site* site = directory_.site(id);
  if (site == nullptr) {
    if (id == kOpenSite) return std::nullopt;
    return problem(404, "no_such_site", "there is no site of that id", "site");
  }
  if (site->is_removed) return problem(404, "no_such_site", "the site was removed", "site");
  if (!is_for_pages(access)) return std::nullopt;
  if (site->is_stopped) return problem(410, "stopped", "the site has stopped its pages; do not ask again");
  const std::string_view origin = request.header("origin");
  const bool is_foreign =
      !origin.empty() && !site->origins.empty() && std::ranges::find(site->origins, origin) == site->origins.end();
  if (is_foreign)
    return forbidden_response("origin_not_allowed",
                              "the site does not take events from pages of " + std::string(origin));
  return std::nullopt;
}

bool Guard::is_waiting(const std::string& address) {
  const auto known = failures_.find(address);
  if (known == failures_.end()) return false;
  if (clock_.now() / 1000 - known->second.since < kFailedWithin)
    return known->second.count >= options_.failed_tries_max;
  failures_.erase(known);
  return false;
}

void Guard::note_failure(const std::string& address) {
  if (failures_.size() >= kAddressesMax) {
    const UnixMillis before = clock_.now() / 1000 - kFailedWithin;
    std::erase_if(failures_, [&](const auto& item) { return item.second.since < before; });
    if (failures_.size() >= kAddressesMax) return;
  }
  Failures& failures = failures_[address];
  if (failures.count++ == 0) failures.since = clock_.now() / 1000;
}

std::span<const std::string> Guard::token_secrets(std::string_view id) const {
  const core::Site* site = directory_.site(id);
  return site == nullptr ? own_secrets_ : site->token_secrets;
}

Guard::IssuedToken Guard::issue(VisitorClaims claims) const {
  const UnixMillis now = clock_.now() / 1000;
  claims.expires_at = now + options_.token_lives;
  return {sign(claims, token_secrets(claims.site).front()), claims.expires_at, now + options_.token_lives * 4 / 5};
}

bool Guard::is_vouched_for(std::string_view jwt, std::string_view user_id, std::string_view site_id) const {
  const core::Site* site = directory_.site(site_id);
  return site != nullptr && gateway::is_vouched_for(jwt, user_id, site->identity_secrets, clock_.now() / 1000);
}

std::string Guard::sign_in(const core::Credential& credential) const {
  return sign(SignInClaims{credential.id, clock_.now() / 1000 + options_.sign_in_lives}, credential.secret_sha256);
}

}  // namespace handrail::gateway
