// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bounded.h"
#include "core/control/rules.h"
#include "core/event/properties.h"
#include "core/event/record.h"

namespace handrail::core {

// A float is kept as its bits.
template <class A>
void bits(A& a, float& value) {
  auto word = std::bit_cast<std::uint32_t>(value);
  a(word);
  if constexpr (A::kReading) value = std::bit_cast<float>(word);
}
template <class A>
void bits(A& a, double& value) {
  auto word = std::bit_cast<std::uint64_t>(value);
  a(word);
  if constexpr (A::kReading) value = std::bit_cast<double>(word);
}

// What a journey's events said of one declared property.
struct PropertyTrail {
  static constexpr std::size_t kDistinctMax = 16;  // more are not told apart

  std::uint64_t name = 0;   // hash of path and kind
  std::uint32_t count = 0;  // events that had it
  // of a number
  float first = 0, last = 0, least = 0, greatest = 0;
  double sum = 0;
  // of a category
  std::uint64_t now = 0;        // of the newest event; 0: it had none
  std::uint64_t last_seen = 0;  // of the newest event that had it
  std::uint32_t changes = 0;
  std::vector<std::uint64_t> distinct;

  void take_number(float value);
  void take_category(std::uint64_t value);
};
template <class A>
void fields(A& a, PropertyTrail& p) {
  a(p.name, p.count);
  bits(a, p.first);
  bits(a, p.last);
  bits(a, p.least);
  bits(a, p.greatest);
  bits(a, p.sum);
  a(p.now, p.last_seen, p.changes, p.distinct);
}
std::uint64_t name_hash(const Property& property);

struct TypeCount {
  std::uint64_t type = 0;  // hash
  std::uint32_t count = 0;
  UnixMillis last_at = 0;
  std::optional<UnixMillis> before_at;  // of the one before
};
template <class A>
void fields(A& a, TypeCount& t) {
  a(t.type, t.count, t.last_at, t.before_at);
}

// What a journey remembers for a model and nobody else: kept from its first event on where a model of the site wants
// it. Bounded: about 2 kB at most without properties. Times are those at which events happened.
struct Trail {
  static constexpr std::size_t kTypesMax = 64;  // distinct; later ones are not counted
  static constexpr std::size_t kPagesMax = 32;  // distinct; later ones are not remembered
  static constexpr std::size_t kPropertiesMax = 64;

  UnixMillis first_at = 0;
  UnixMillis last_at = 0;
  UnixMillis page_at = 0;  // since when the visitor is on this page
  Millis gap = 0;          // before the newest event
  Millis previous_gap = 0;
  Millis longest_gap = 0;
  std::uint32_t events = 0;
  std::array<std::uint64_t, 3> types{};  // of the newest events, newest first; 0: none
  std::vector<TypeCount> type_counts;    // ascending by type
  std::vector<std::uint64_t> pages;      // distinct, in the order of the first visit
  std::uint64_t page = 0;
  std::uint64_t previous_page = 0;
  std::uint32_t page_depth = 0;
  std::uint32_t revisits = 0;    // of pages seen before
  std::uint32_t backtracks = 0;  // straight back to the page before
  std::uint32_t focused = 0;     // fields entered
  std::uint32_t changed = 0;     // fields left with another value
  std::uint32_t emptied = 0;
  std::uint32_t validations = 0;
  std::uint32_t errors = 0;  // clicks that a script error followed
  std::uint32_t hidden = 0;  // times the page was put aside
  std::uint32_t exit_intents = 0;
  std::int64_t place = -1;  // of the newest step towards a goal; -1: none yet
  std::int64_t moved = 0;   // by the newest step: above 0 towards the goal
  std::uint32_t steps_back = 0;
  std::int64_t steps_of_goal = -1;  // that the goal of the newest step has; -1: not declared
  Device device = Device::kUnknown;
  std::vector<PropertyTrail> properties;  // those that were wanted when the journey began

  void begin(std::span<const Property> wanted);
  // `wanted` may have others by now: they wait for the next journey.
  void absorb(const Event& event, std::span<const Property> wanted, const std::vector<DeclaredGoal>& goals);
  bool has(const Property& property) const { return find(property) != nullptr; }
  const PropertyTrail* find(const Property& property) const;
};
template <class A>
void fields(A& a, Trail& t) {
  a(t.first_at, t.last_at, t.page_at, t.gap, t.previous_gap, t.longest_gap, t.events, t.types[0], t.types[1],
    t.types[2], t.type_counts, t.pages, t.page, t.previous_page, t.page_depth, t.revisits, t.backtracks, t.focused,
    t.changed, t.emptied, t.validations, t.errors, t.hidden, t.exit_intents, t.place, t.moved, t.steps_back,
    t.steps_of_goal, t.device, t.properties);
}

}  // namespace handrail::core
