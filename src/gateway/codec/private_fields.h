// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/intake.h"

namespace handrail::gateway {

// Applies a site's field rules to events before anything is kept of them: a property is dropped, or replaced by a keyed
// hash of its value (HMAC-SHA256 with `key`, 32 hex digits: the same value stays recognisable, and a dictionary of
// values is of no use without the key). Of eventData a path begins with the property, of the context with deviceInfo or
// userContext. What the fact said is read again from what is left; a fact that now lacks what it needs is kept as an
// event without a meaning of its own. Costs nothing for an event that has none of the properties. Returns how many it
// changed.
std::size_t keep_private(Intake& intake, const std::vector<core::FieldRule>& rules, std::string_view key);

}  // namespace handrail::gateway
