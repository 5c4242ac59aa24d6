// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace handrail::core {

// What the holder of a credential may do.
enum class Role : std::uint8_t {
  kPage,    // a write key, public by nature: pages send events and ask for visitor tokens
  kServer,  // the site's own server sends events, and is believed about users
  kReader,  // reads what is known of the site's visitors
  kAgent,   // and works at the desk
  kAdmin,   // and changes the site
  kOwner,   // and makes sites; of no site, so of all
};
constexpr std::uint64_t enum_end(Role) { return 6; }
std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

// A key or token. Its text is shown once, when it is made; kept is what recognises it. The newest entry holds.
struct Credential {
  std::string id;    // 16 hex digits, part of the text
  std::string site;  // empty: of every site (owners only)
  Role role = Role::kPage;
  std::string label;          // for people; an agent's name at the desk
  std::string secret_sha256;  // 32 bytes
  UnixMillis made_at = 0;
  std::optional<UnixMillis> expires_at;
  std::optional<UnixMillis> revoked_at;

  bool is_valid(UnixMillis at) const { return (!expires_at || at < *expires_at) && (!revoked_at || at < *revoked_at); }
};
template <class A>
void fields(A& a, Credential& c) {
  a(c.id, c.site, c.role, c.label, c.secret_sha256, c.made_at, c.expires_at, c.revoked_at);
}

// An administrative act, for the audit: logged in one append with what it changed.
struct Act {
  std::string actor;    // the credential's id and label; "command line"
  std::string address;  // where it came from; empty on the machine itself
  std::string what;     // "site.declared"
  std::string subject;  // "shop"
  std::string detail;   // for people; never a secret
};
template <class A>
void fields(A& a, Act& act) {
  a(act.actor, act.address, act.what, act.subject, act.detail);
}

}  // namespace handrail::core
