// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/control/models_book.h"
#include "core/decision/policy.h"

// From what somebody wants of a site's models to the entries that bring it about.
namespace handrail::core {

// What a wish comes to: whoever is live, or the canary, makes room for the next one. The wish itself comes last.
std::vector<ModelMove> moves_to(const ModelsBook& book, std::string_view site, const ModelMove& wish);
// What takes this version out of service at `at`; where it is live, for the one that was live before it, if that is
// kept.
std::vector<ModelMove> taken_out(const ModelsBook& book, std::string_view site, std::uint64_t version, UnixMillis at,
                                 const std::string& author, const std::string& note);
// The same of the canary, if there is one, else of the live model. Empty: nobody is asked.
std::vector<ModelMove> rolled_back(const ModelsBook& book, std::string_view site, UnixMillis at,
                                   const std::string& author, const std::string& note);

// A share of journeys with an offer may exceed the site's budget by this much before a promotion is refused.
inline constexpr int kBudgetSlackPercent = 20;
// Of 1,000 journeys of the model's validation those whose score would reach the policy's bar, where that is more than
// budget and slack allow. Nothing: it holds, or nobody measured it.
std::optional<int> beyond_budget(const ExitModel& model, std::span<const ScorePoint> points, const Policy& policy);

}  // namespace handrail::core
