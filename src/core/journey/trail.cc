// SPDX-License-Identifier: Apache-2.0
#include "core/journey/trail.h"

#include <algorithm>

namespace handrail::core {
namespace {

template <class T>
bool contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void note_type(Trail& trail, const Event& event) {
  const std::uint64_t type = category_of_text(event.type);
  trail.types = {type, trail.types[0], trail.types[1]};
  auto& counts = trail.type_counts;
  auto place = std::ranges::lower_bound(counts, type, {}, &TypeCount::type);
  if (place == counts.end() || place->type != type) {
    if (counts.size() == Trail::kTypesMax) return;
    place = counts.insert(place, {type});
  }
  if (place->count > 0) place->before_at = place->last_at;
  ++place->count;
  place->last_at = event.occurred_at;
}

void note_time(Trail& trail, UnixMillis at) {
  if (trail.events == 0) {
    trail.first_at = trail.last_at = trail.page_at = at;
  } else {
    trail.previous_gap = trail.gap;
    trail.gap = std::max<Millis>(at - trail.last_at, 0);
    trail.longest_gap = std::max(trail.longest_gap, trail.gap);
    trail.last_at = std::max(trail.last_at, at);
  }
  ++trail.events;
}

std::int64_t place_in(const std::vector<DeclaredGoal>& goals, const Step& step, std::int64_t& steps) {
  for (const DeclaredGoal& goal : goals) {
    if (goal.name != step.funnel) continue;
    const auto found = std::ranges::find(goal.steps, step.step);
    if (found == goal.steps.end()) break;
    steps = static_cast<std::int64_t>(goal.steps.size());
    return found - goal.steps.begin();
  }
  steps = -1;
  return step.index.value_or(-1);
}

// A mark for each kind of fact that a model may want to know of.
struct Follower {
  Trail& trail;
  const Event& event;
  const std::vector<DeclaredGoal>& goals;

  void operator()(const PageView& fact) const {
    const std::uint64_t page = category_of_text(fact.page);
    if (page == trail.page) return;
    if (contains(trail.pages, page)) {
      ++trail.revisits;
    } else if (trail.pages.size() < Trail::kPagesMax) {
      trail.pages.push_back(page);
    }
    if (page == trail.previous_page) ++trail.backtracks;
    trail.previous_page = trail.page;
    trail.page = page;
    trail.page_at = event.occurred_at;
    trail.page_depth = static_cast<std::uint32_t>(std::ranges::count(fact.page, '/'));
  }
  void operator()(const Click& fact) const {
    if (fact.outcome && fact.outcome->error) ++trail.errors;
  }
  void operator()(const ClickOutcome& fact) const { trail.errors += fact.error ? 1 : 0; }
  void operator()(const Field& fact) const {
    if (fact.phase == FieldPhase::kFocus) ++trail.focused;
    if (fact.phase != FieldPhase::kBlur || !fact.changed) return;
    ++trail.changed;
    trail.emptied += fact.empty ? 1 : 0;
  }
  void operator()(const Validation&) const { ++trail.validations; }
  void operator()(const ExitIntent&) const { ++trail.exit_intents; }
  void operator()(const Visibility& fact) const { trail.hidden += fact.visible ? 0 : 1; }
  void operator()(const Step& fact) const {
    std::int64_t steps = -1;
    const std::int64_t place = place_in(goals, fact, steps);
    if (place < 0) return;
    trail.moved = trail.place < 0 ? 1 : place - trail.place;
    trail.steps_back += trail.moved < 0 ? 1 : 0;
    trail.place = place;
    trail.steps_of_goal = steps;
  }
  template <class Other>
  void operator()(const Other&) const {}
};

std::optional<std::string_view> value_of(const Event& event, const Property& property) {
  const auto own = json_at(event.data_json, property.path);
  return own ? own : json_at(event.context_json, property.path);
}

void take(PropertyTrail& trail, const Property& property, const Event& event) {
  trail.now = 0;
  const auto value = value_of(event, property);
  if (!value) return;
  if (property.kind == PropertyKind::kNumber) {
    if (const auto number = number_of(*value)) trail.take_number(*number);
  } else if (const auto category = category_of(*value)) {
    trail.take_category(*category);
  }
}

}  // namespace

std::uint64_t name_hash(const Property& property) {
  return hash64((property.kind == PropertyKind::kNumber ? "n:" : "c:") + property.path);
}

void PropertyTrail::take_number(float value) {
  if (count == 0) first = least = greatest = value;
  ++count;
  last = value;
  least = std::min(least, value);
  greatest = std::max(greatest, value);
  sum += value;
}

void PropertyTrail::take_category(std::uint64_t value) {
  if (count > 0 && value != last_seen) ++changes;
  ++count;
  now = last_seen = value;
  if (distinct.size() < kDistinctMax && !contains(distinct, value)) distinct.push_back(value);
}

void Trail::begin(std::span<const Property> wanted) {
  for (const Property& property : wanted.first(std::min(wanted.size(), kPropertiesMax)))
    properties.push_back({name_hash(property)});
}

const PropertyTrail* Trail::find(const Property& property) const {
  const auto found = std::ranges::find(properties, name_hash(property), &PropertyTrail::name);
  return found == properties.end() ? nullptr : &*found;
}

void Trail::absorb(const Event& event, std::span<const Property> wanted, const std::vector<DeclaredGoal>& goals) {
  note_time(*this, event.occurred_at);
  note_type(*this, event);
  if (event.device != Device::kUnknown) device = event.device;
  std::visit(Follower{*this, event, goals}, event.fact);
  for (const Property& property : wanted) {
    const auto kept = std::ranges::find(properties, name_hash(property), &PropertyTrail::name);
    if (kept != properties.end()) take(*kept, property, event);
  }
}

}  // namespace handrail::core
