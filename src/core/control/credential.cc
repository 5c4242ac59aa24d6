// SPDX-License-Identifier: Apache-2.0
#include "core/control/credential.h"

#include <array>

namespace handrail::core {
namespace {

constexpr std::array<std::string_view, 6> kRoleNames = {"page", "server", "reader", "agent", "admin", "owner"};

}  // namespace

std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

}  // namespace handrail::core
