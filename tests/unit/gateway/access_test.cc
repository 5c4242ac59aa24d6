// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "gateway/access/claimed_users.h"
#include "gateway/access/credential_text.h"
#include "gateway/access/directory.h"
#include "gateway/access/proxies.h"
#include "gateway/access/tokens.h"

namespace handrail::gateway {
namespace {

const std::vector<std::string> kSecrets = {"newest", "older"};

HttpRequest passed_on(std::string peer, std::string_view chain, std::string_view scheme = "https") {
  HttpRequest request;
  request.peer = std::move(peer);
  request.headers.add("x-forwarded-for", chain);
  request.headers.add("x-forwarded-proto", scheme);
  return request;
}

core::Record event_of(std::string visitor, std::string user, core::Fact fact = core::Custom{}) {
  core::Event event;
  event.user_id = std::move(user);
  event.fact = std::move(fact);
  return {"shop", std::move(visitor), 0, 0, std::move(event)};
}

}  // namespace

TEST_CASE("a visitor's token says who it is for, until it ends") {
  const VisitorClaims claims{"shop", "a1", "maya", 1000};
  for (const std::string& secret : kSecrets) {
    const auto read = read_visitor_token(sign(claims, secret), "shop", kSecrets, 999);
    REQUIRE(read);
    CHECK(read->anonymous_id == "a1");
    CHECK(read->user_id == "maya");
  }
  CHECK_FALSE(read_visitor_token(sign(claims, "newest"), "shop", kSecrets, 1000));
  CHECK_FALSE(read_visitor_token(sign(claims, "newest"), "bank", kSecrets, 999));
  CHECK_FALSE(read_visitor_token(sign(claims, "forgotten"), "shop", kSecrets, 999));
}

TEST_CASE("no byte of a token can be changed") {
  const std::string token = sign(VisitorClaims{"shop", "a1", {}, 1000}, "newest");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(read_visitor_token(forged, "shop", kSecrets, 1));
    CHECK_FALSE(read_visitor_token(token.substr(0, i), "shop", kSecrets, 1));
  }
}

TEST_CASE("one kind of token is never taken for another") {
  const std::string sign_in = sign(SignInClaims{"0123456789abcdef", 1000}, "newest");
  CHECK(is_signed_in(sign_in, "newest", 999));
  CHECK_FALSE(is_signed_in(sign_in, "newest", 1000));
  CHECK(credential_of_sign_in(sign_in) == "0123456789abcdef");
  CHECK_FALSE(read_visitor_token(sign_in, "0123456789abcdef", kSecrets, 1));
  CHECK_FALSE(is_signed_in(sign(VisitorClaims{"s", "a", {}, 1000}, "newest"), "newest", 1));
}

TEST_CASE("credentials are known by their text, and only by it") {
  for (const auto role : {core::Role::kPage, core::Role::kAgent, core::Role::kOwner}) {
    const MadeCredential made = make_credential(role, "shop", "label", 5);
    const auto parsed = CredentialText::parse(made.text.text());
    REQUIRE(parsed);
    CHECK(is_text_of(*parsed, made.credential));
    CHECK_FALSE(is_text_of(*parsed, make_credential(role, "shop", "label", 5).credential));
    CredentialText higher = *parsed;
    higher.role = core::Role::kAdmin;
    CHECK_FALSE(is_text_of(higher, made.credential));
    CHECK_FALSE(CredentialText::parse(made.text.text() + "0"));
  }
  for (const char* text :
       {"", "hr_", "hr_king_0123456789abcdef_00", "hr_agent_0123456789abcdef", "hr_page_", "xx_page_0"})
    CHECK_FALSE(CredentialText::parse(text));
}

TEST_CASE("the newest entry of the control log holds, in whatever order it is heard") {
  Directory directory;
  core::Credential credential{"c1", "shop", core::Role::kReader, "r", "hash", 0, {}, {}};
  core::Credential revoked = credential;
  revoked.revoked_at = 7;
  directory.take({9, {"shop", {}, 0, 0, revoked}});
  directory.take({4, {"shop", {}, 0, 0, credential}});
  REQUIRE(directory.credential("c1") != nullptr);
  CHECK_FALSE(directory.credential("c1")->is_valid(7));
  CHECK(directory.credential("c1")->is_valid(6));
  CHECK(directory.credentials("bank").empty());
  CHECK(directory.credentials("").size() == 1);
}

TEST_CASE("only a trusted proxy is believed about where a request is from") {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "127.0.0.1", "fd00::/8"});
  REQUIRE(proxies);
  CHECK(proxies->holds("10.255.0.1"));
  CHECK_FALSE(proxies->holds("11.0.0.1"));
  CHECK_FALSE(proxies->holds("127.0.0.2"));
  CHECK(proxies->holds("fd12::1"));
  CHECK_FALSE(proxies->holds("not an address"));
  const auto resolved = [&](std::string peer, std::string_view chain) {
    HttpRequest request = passed_on(std::move(peer), chain);
    proxies->resolve(request);
    return request.peer + (request.is_secure ? " secure" : "");
  };
  CHECK(resolved("192.0.2.1", "1.1.1.1") == "192.0.2.1");
  CHECK(resolved("127.0.0.1", "1.1.1.1") == "1.1.1.1 secure");
  CHECK(resolved("127.0.0.1", "6.6.6.6, 1.1.1.1") == "1.1.1.1 secure");
  CHECK(resolved("127.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.3") == "1.1.1.1 secure");
  CHECK(resolved("127.0.0.1", "10.0.0.4, 10.0.0.3") == "10.0.0.4 secure");
  CHECK(resolved("127.0.0.1", "rubbish") == "127.0.0.1 secure");
  CHECK(resolved("127.0.0.1", "") == "127.0.0.1 secure");
  for (const char* bad : {"10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.1/", "10.0.0.1/x", "nowhere"}) {
    CAPTURE(bad);
    const auto refused = TrustedProxies::parse({bad});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().field == "server.trusted_proxies");
  }
}

TEST_CASE("a user that nobody vouches for is taken off, and an event with no other name is rejected") {
  Intake intake;
  intake.records = {event_of("a1", "eve"), event_of("eve", "eve"), event_of("a1", "maya"),
                    event_of("a1", "", core::Identify{"eve"}), event_of("a1", "")};
  intake.results.resize(intake.records.size());
  const std::size_t nameless = doubt_users(intake, [](std::string_view user) { return user == "maya"; });
  CHECK(nameless == 2);
  CHECK(intake.rejected == 1);
  REQUIRE(intake.records.size() == 4);
  CHECK(std::get<core::Event>(intake.records[0].body).user_id.empty());
  CHECK(std::get<core::Event>(intake.records[1].body).user_id == "maya");
  CHECK(std::holds_alternative<core::Custom>(std::get<core::Event>(intake.records[2].body).fact));
  CHECK_FALSE(intake.results[0].fault);
  REQUIRE(intake.results[1].fault);
  CHECK(intake.results[1].fault->code == "user_not_verified");
}

}  // namespace handrail::gateway
