// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/analysis.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

constexpr std::array<std::string_view, 3> kLevels = {"low", "medium", "high"};

}  // namespace

std::string_view name_of(EngagementLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

std::optional<EngagementLevel> engagement_named(std::string_view name) {
  const auto found = std::ranges::find(kLevels, name);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<EngagementLevel>(found - kLevels.begin());
}

}  // namespace handrail::core
