// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "moving/box.h"

namespace handrail::test {

// What of `found` is not as in `expected`: a line for each field, by its name or its place among its struct's fields().
// Empty only where both are the same bytes.
std::vector<std::string> differences(const moving::VisitorBox& expected, const moving::VisitorBox& found);

// For people: "09:30:00.000", and "event visitor-1:5 page_view, received " such a time.
std::string in_words(UnixMillis at);
std::string in_words(const core::Record& record);

}  // namespace handrail::test
