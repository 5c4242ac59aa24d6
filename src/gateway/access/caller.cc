// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/caller.h"

namespace handrail::gateway {

bool allows(core::Role role, Access access) {
  using core::Role;
  switch (access) {
    case Access::kPlain:
    case Access::kOpen:
    case Access::kEnter:
      return true;
    case Access::kSend:
      return role == Role::kPage || role == Role::kServer;
    case Access::kVisit:
      return role == Role::kServer;
    case Access::kRead:
    case Access::kWatch:
      return role >= Role::kReader;
    case Access::kDesk:
      return role >= Role::kAgent;
    case Access::kManage:
      return role >= Role::kAdmin;
    case Access::kOwn:
      return role == Role::kOwner;
  }
  return false;
}

bool Caller::vouches_for(std::string_view user_id, bool site_verifies) const {
  if (!site_verifies || !role || role == core::Role::kServer) return true;
  return visitor && visitor->user_id == user_id;
}

}  // namespace handrail::gateway
