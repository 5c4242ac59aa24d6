// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace handrail::core {

// A product that sends events: owns keys, origins, data. Declared whole; the newest entry of the control log holds.
struct Site {
  static constexpr std::size_t kOriginsMax = 64;
  static constexpr std::size_t kSecretsMax = 4;  // the newest signs, all are accepted: rotation without a gap

  std::string id;                             // a-z, 0-9, _ and -; at most 40
  std::string name;                           // for people
  std::vector<std::string> origins;           // of pages that may send ("https://shop.example"); empty: any
  std::uint32_t requests_per_second = 0;      // of all its keys and visitors together; 0: no limit of its own
  std::uint32_t retention_days = 0;           // a visitor not seen for so long is forgotten; 0: by the configuration
  bool verifies_users = true;                 // a userId counts only where the site's own signature vouches for it
  bool is_stopped = false;                    // pages are told to stop for good (410)
  bool is_removed = false;                    // its keys open nothing; its id is not given again
  std::vector<std::string> token_secrets;     // of visitor tokens, newest first
  std::vector<std::string> identity_secrets;  // shared with the site's own server, which vouches for users
};
template <class A>
void fields(A& a, Site& s) {
  a(s.id, s.name, s.origins, s.requests_per_second, s.verifies_users, s.is_stopped, s.is_removed, s.token_secrets,
    s.identity_secrets);
  if (a.since(4)) a(s.retention_days);
}

}  // namespace handrail::core
