// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace handrail {

// Of the names the one that is fewest edits (Levenshtein) away, the first of equals: for "did you mean". Empty where
// there are none. O(names × bytes²): for names, not for texts.
std::string nearest_name(std::string_view to, std::span<const std::string> names);

}  // namespace handrail
