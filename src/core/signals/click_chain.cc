// SPDX-License-Identifier: Apache-2.0
#include "core/signals/click_chain.h"

#include <cstdlib>

namespace handrail::core {
namespace {

constexpr std::int64_t kNearPx = 30;

}  // namespace

bool same_target(const ClickMark& a, const ClickMark& b) {
  if (a.tab != b.tab) return false;
  return a.key == b.key ||
         (std::llabs(a.x - b.x) <= kNearPx && std::llabs(a.y - b.y) <= kNearPx && (a.x != 0 || a.y != 0));
}

const ClickMark* clicked(const Journey& journey, const Event& event) {
  const auto* click = std::get_if<Click>(&event.fact);
  const auto* outcome = std::get_if<ClickOutcome>(&event.fact);
  if (click == nullptr && outcome == nullptr) return nullptr;
  const std::uint64_t number = click != nullptr ? click->click : outcome->click;
  const std::uint64_t tab = hash64(event.tab_id);
  for (auto mark = journey.click_window.rbegin(); mark != journey.click_window.rend(); ++mark) {
    if (mark->tab == tab && mark->click == number) return &*mark;
  }
  return nullptr;
}

std::span<const ClickMark> chain_around(const Journey& journey, const ClickMark& centre, Millis gap_max) {
  const std::span<const ClickMark> window = journey.click_window;
  std::size_t first = static_cast<std::size_t>(&centre - window.data());
  std::size_t last = first;
  const auto linked = [&](std::size_t a, std::size_t b) {
    return same_target(window[a], window[b]) && gap_between(window[a], window[b]) <= gap_max;
  };
  while (first > 0 && linked(first - 1, first)) --first;
  while (last + 1 < window.size() && linked(last, last + 1)) ++last;
  return window.subspan(first, last - first + 1);
}

}  // namespace handrail::core
