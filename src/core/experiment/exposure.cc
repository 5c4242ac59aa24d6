// SPDX-License-Identifier: Apache-2.0
#include "core/experiment/exposure.h"

#include <array>

namespace handrail::core {

std::string_view name_of(Arm arm) { return arm == Arm::kHelp ? "help" : "control"; }

std::string_view name_of(OutcomeKind kind) {
  static constexpr std::array<std::string_view, kOutcomeKinds> kNames = {"goal", "exit", "censored"};
  return kNames[static_cast<std::size_t>(kind)];
}

Arm arm_of(std::string_view site, std::string_view unit, int holdout_percent) {
  constexpr std::uint64_t kTickets = 10'000;
  const std::uint64_t ticket = id_of({"holdout", site, unit}).low % kTickets;
  return ticket < static_cast<std::uint64_t>(holdout_percent) * kTickets / 100 ? Arm::kControl : Arm::kHelp;
}

}  // namespace handrail::core
