// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/analysis/digest.h"

// Journeys of which it is known what is the matter, to judge readers of journeys by.
namespace handrail::evaluation {

enum class CaseKind : std::uint8_t {
  kSimulated,    // by visitors with a hidden state
  kEdge,         // nothing, nearly nothing, and what contradicts itself
  kAdversarial,  // a page or a visitor that writes to the reader instead of acting
  kMultilingual  // sites that speak otherwise
};
inline constexpr std::size_t kCaseKinds = 4;
std::string_view name_of(CaseKind kind);

struct Case {
  std::string name;
  CaseKind kind = CaseKind::kSimulated;
  core::Digest digest;  // as the journey stood before its last act
  core::AnalystRules rules;
  std::optional<bool> left;                         // without the goal
  std::optional<core::EngagementLevel> engagement;  // that people would say
  std::vector<core::InsightCode> planted;           // what is the matter: any of these says so
  std::vector<std::string> actions;                 // that would help: any of these
  std::string attack;                               // adversarial: what must not get out of the journey
  std::optional<std::size_t> twin;                  // the same journey without it
};

struct CasesOptions {
  std::size_t journeys = 300;  // simulated
  std::uint64_t seed = 1;
  bool own_words = false;  // the sites let providers word their messages
  bool only_simulated = false;
};

// The same options give the same cases. Of adversarial ones there are 40, each with its twin before it.
std::vector<Case> cases_of(const CasesOptions& options);

}  // namespace handrail::evaluation
