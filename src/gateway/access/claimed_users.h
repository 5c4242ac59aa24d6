// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "gateway/codec/intake.h"

namespace handrail::gateway {

// Takes the userId off events whose sender's word about it does not count, since the name would open what is known of
// that person. An event that has no other name is rejected. Returns how many lost theirs.
std::size_t doubt_users(Intake& intake, const std::function<bool(std::string_view user_id)>& is_vouched_for);

}  // namespace handrail::gateway
