// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/control/credential.h"
#include "gateway/access/tokens.h"

namespace handrail::gateway {

// What a route asks of its caller.
enum class Access : unsigned char {
  kPlain,   // nothing; no CORS, no secrets: health, documents, pages
  kOpen,    // nothing, for pages of any origin: the route asks for itself
  kSend,    // to send events: a page's key, or the site's server
  kVisit,   // to speak for a visitor: that visitor's token, or the site's server
  kEnter,   // the rest is for people: to sign in
  kRead,    // to read what is known of visitors
  kDesk,    // to work at the desk
  kWatch,   // to see how the server does: of all sites, so for credentials of all sites
  kManage,  // to change the site
  kOwn,     // to make sites
};
constexpr bool is_for_pages(Access access) {
  return access == Access::kOpen || access == Access::kSend || access == Access::kVisit;
}
constexpr bool is_for_people(Access access) { return access >= Access::kEnter; }

// Whether the role may use such a route.
bool allows(core::Role role, Access access);

// The site that there is though nobody declared it.
inline constexpr const char* kOpenSite = "default";

// Who asks, as the guard found out.
struct Caller {
  std::string site = kOpenSite;    // whose data the request is about
  std::string actor;               // for the audit
  std::string name;                // of a person, for people
  std::optional<core::Role> role;  // nothing: no credential was needed
  bool is_of_all_sites = false;
  std::optional<VisitorClaims> visitor;  // by a visitor's token

  // A visitor's token speaks for that visitor, the site's server for all; and anyone where nothing is asked.
  bool speaks_for(std::string_view visitor_id) const {
    return visitor ? visitor->is(visitor_id) : !role || role == core::Role::kServer;
  }
  // Whether the caller's word about who a user is counts.
  bool vouches_for(std::string_view user_id, bool site_verifies) const;
  bool sees_site(std::string_view id) const { return is_of_all_sites || site == id; }
  bool is_owner() const { return !role || role == core::Role::kOwner; }
};

}  // namespace handrail::gateway
