// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "moving/box.h"

// How much of each kind there is, and a hash over all of it in its order: the same for the same things, whichever house
// they lie in.
namespace handrail::moving {

enum class Section : std::uint8_t {
  kSites,
  kCredentials,
  kRules,
  kAgents,
  kActs,
  kErased,
  kDeadLetters,
  kVisitors,
  kSignals,
  kDecisions,
  kInterventions,
  kJourneys,
  kExposures,
  kConversations,
  kMessages,
  kRecords,
  kUntold,
};
inline constexpr std::size_t kSections = 17;
std::string_view name_of(Section section);

struct Tally {
  struct Of {
    std::uint64_t count = 0;
    Id128 hash;  // XXH3-128 of the hash before and the item, item by item
    bool operator==(const Of&) const = default;
  };
  std::array<Of, kSections> of;
  Offset numbers_before_max = 0;  // numbers_before_records(), the largest

  void add(const HouseBox& box);
  void add(const VisitorBox& box);
  Of& at(Section section) { return of[static_cast<std::size_t>(section)]; }
  const Of& at(Section section) const { return of[static_cast<std::size_t>(section)]; }
  bool operator==(const Tally&) const = default;
};
// What of `found` is not as `expected`, a line each; empty: nothing.
std::vector<std::string> differences(const Tally& expected, const Tally& found);

template <class A>
void fields(A& a, Tally::Of& o) {
  a(o.count, o.hash);
}
template <class A>
void fields(A& a, Tally& t) {
  for (Tally::Of& one : t.of) a(one);
  a(t.numbers_before_max);
}

}  // namespace handrail::moving
