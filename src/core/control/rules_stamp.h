// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace handrail::core {

// Which rules held: a site's own, or the configuration's. Each kind counts from 1 on; 0: a configuration of which no
// entry of the control log tells.
struct RulesStamp {
  std::uint64_t version = 0;
  bool is_sites = false;

  bool operator==(const RulesStamp&) const = default;
  std::string_view of() const { return is_sites ? "site" : "configuration"; }
};
template <class A>
void fields(A& a, RulesStamp& s) {
  a(s.version, s.is_sites);
}

}  // namespace handrail::core
