// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/journey/journey.h"

namespace handrail::core {

// Whether two clicks meet the same thing: the same element, or within 30 px of each other in one tab.
bool same_target(const ClickMark& a, const ClickMark& b);

// The click that the event is about: the newest one for a Click, the one named for a ClickOutcome. Null when it has
// left the window.
const ClickMark* clicked(const Journey& journey, const Event& event);

// The longest run of clicks around `centre` on its target, each at most `gap_max` after the one before.
// A view into the journey's window.
std::span<const ClickMark> chain_around(const Journey& journey, const ClickMark& centre, Millis gap_max);

}  // namespace handrail::core
