// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/access/access_views.h"
#include "gateway/access/presented.h"
#include "gateway/gateway.h"
#include "gateway/small_body.h"

// How pages become visitors, and people sign in at the desk.
namespace handrail::gateway {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kKeyBytesMax = 200;

struct Asked {
  std::string key;
  std::string user_token;
  VisitorClaims claims;
};

Asked read_asked(JsonReader& in) {
  Asked asked;
  asked.key = in.optional_text("writeKey", kKeyBytesMax);
  asked.claims.anonymous_id = in.text("anonymousId", 200);
  asked.claims.user_id = in.optional_text("userId", 200);
  asked.user_token = in.optional_text("userToken", kTokenBytesMax);
  for (const auto& [name, id] : {std::pair{"anonymousId", asked.claims.anonymous_id}, {"userId", asked.claims.user_id}})
    if (!in.fault() && !id.empty() && !is_id(id)) in.fail(name, "bad_id", "may hold letters, digits and _ . : @ -");
  return asked;
}

std::string cookie(std::string_view value, Millis lives, bool is_secure) {
  std::string out(Guard::kCookie);
  out.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
  out.append(std::to_string(lives / kSecond));
  return is_secure ? out.append("; Secure") : out;
}

}  // namespace

void Gateway::add_session_routes() {
  router_.add(Method::kPost, "/v1/sessions", Access::kOpen, [this](const CallPtr& call) {
    Asked asked;
    if (!read_body(call, [&](JsonReader& in) { asked = read_asked(in); })) return;
    if (asked.key.empty()) asked.key = presented_by(call->request).key;
    auto caller = guard_.let_page_in(asked.key, call->request);
    if (!caller) return call->respond(std::move(caller.error()));
    call->caller = std::move(*caller);
    if (!within_site_rate(call)) return;
    asked.claims.site = call->caller.site;
    const std::string& user = asked.claims.user_id;
    const bool is_vouched_for = user.empty() || call->caller.vouches_for(user, verifies_users(call->caller.site)) ||
                                guard_.is_vouched_for(asked.user_token, user, call->caller.site);
    if (!is_vouched_for) {
      return call->respond(problem(401, "user_not_verified",
                                   "userToken must be a JWT of the site's server (HS256, sub = userId, exp)",
                                   "userToken"));
    }
    const Guard::IssuedToken issued = guard_.issue(std::move(asked.claims));
    call->respond(json_response(
        boost::json::serialize(boost::json::object{{"token", issued.token},
                                                   {"expiresAt", issued.expires_at},
                                                   {"renewAt", issued.renew_at},
                                                   {"config", page_config(rules_now(call->caller.site).rules.page)}})));
  });

  router_.add(Method::kPost, "/v1/desk/session", Access::kEnter, [this](const CallPtr& call) {
    std::string token;
    if (!read_body(call, [&](JsonReader& in) { token = in.text("token", kKeyBytesMax); })) return;
    auto credential = guard_.recognise(token, call->request.peer);
    if (!credential) return call->respond(std::move(credential.error()));
    if (!allows((*credential)->role, Access::kRead))
      return call->respond(problem(403, "role_not_allowed", "keys of pages and servers are not for people"));
    call->caller.actor = (*credential)->id + " " + (*credential)->label;
    call->caller.site = (*credential)->site;
    std::string cookie_value =
        cookie(guard_.sign_in(**credential), guard_.options().sign_in_lives, call->request.is_secure);
    administer(call, {}, {"desk.signed_in", (*credential)->id, {}}, [call, cookie_value = std::move(cookie_value)] {
      HttpResponse response = json_response(R"({"signedIn":true})");
      response.headers.emplace_back("Set-Cookie", cookie_value);
      call->respond(std::move(response));
    });
  });

  router_.add(Method::kDelete, "/v1/desk/session", Access::kEnter, [](const CallPtr& call) {
    HttpResponse response = json_response(R"({"signedIn":false})");
    response.headers.emplace_back("Set-Cookie", cookie("", 0, call->request.is_secure));
    call->respond(std::move(response));
  });

  router_.add(Method::kGet, "/v1/me", Access::kRead, [this](const CallPtr& call) {
    const Caller& caller = call->caller;
    boost::json::array sites;
    for (const core::Site* site : guard_.directory().sites())
      if (caller.sees_site(site->id)) sites.push_back(boost::json::value(site->id));
    call->respond(json_response(
        boost::json::serialize(boost::json::object{{"site", caller.site},
                                                   {"sites", std::move(sites)},
                                                   {"role", caller.role ? core::name_of(*caller.role) : "owner"},
                                                   {"name", caller.name},
                                                   {"open", guard_.options().is_open}})));
  });
}

}  // namespace handrail::gateway
