// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/analysis/digest.h"

namespace handrail::gateway {

// A journey that is nobody's, to see what rules would have an analyst say.
struct ExampleJourney {
  std::string_view id;     // "stuck_on_form"
  std::string_view words;  // what happens in it, in English
  core::Digest digest;
};

// One of each sort that people who write messages ask about.
const std::vector<ExampleJourney>& example_journeys();

}  // namespace handrail::gateway
