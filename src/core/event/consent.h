// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace handrail::core {

enum class Agreement : std::uint8_t { kUnasked, kGranted, kRefused };
constexpr std::uint64_t enum_end(Agreement) { return 3; }
constexpr std::string_view name_of(Agreement agreement) {
  return agreement == Agreement::kGranted ? "granted" : agreement == Agreement::kRefused ? "refused" : "unasked";
}

// What a visitor said about each purpose.
struct Consent {
  Agreement analytics = Agreement::kUnasked;   // to be watched at all
  Agreement assistance = Agreement::kUnasked;  // to be offered help
  Agreement training = Agreement::kUnasked;    // that the journeys teach a model
  Agreement ai = Agreement::kUnasked;          // that a provider's model outside of this program reads them

  bool operator==(const Consent&) const = default;
  // This, and over it what was said of a purpose anew.
  Consent with(const Consent& anew) const {
    const auto newer = [](Agreement before, Agreement now) { return now == Agreement::kUnasked ? before : now; };
    return {newer(analytics, anew.analytics), newer(assistance, anew.assistance), newer(training, anew.training),
            newer(ai, anew.ai)};
  }
};
template <class A>
void fields(A& a, Consent& c) {
  a(c.analytics, c.assistance, c.training);
  if (a.since(7)) a(c.ai);  // of records and of visitors alike
}

// As it was said, at a time: the newest holds.
struct DatedConsent {
  Consent consent;
  UnixMillis at = 0;
};
template <class A>
void fields(A& a, DatedConsent& c) {
  a(c.consent, c.at);
}

}  // namespace handrail::core
