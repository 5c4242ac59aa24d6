// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bounded.h"
#include "core/event/record.h"

namespace handrail::core {

// What a journey keeps of recent acts for the detectors to look at: short windows, newest last. Each has a size; the
// oldest mark goes when it is full.

struct ClickMark {
  static constexpr std::size_t kWindow = 12;
  std::string event_id;
  std::uint64_t tab = 0;  // hash of the tab id: clicks are numbered within a tab
  std::uint64_t click = 0;
  std::string key;
  std::int64_t x = 0;
  std::int64_t y = 0;
  UnixMillis at = 0;
  std::optional<std::int64_t> mono;
  bool disabled = false;
  std::uint8_t excuses = kExcuseNone;
  Reaction reaction = Reaction::kUnknown;  // as of the newest outcome
  Millis watched = 0;                      // how long the page had watched by then
  bool error = false;
};
template <class A>
void fields(A& a, ClickMark& m) {
  a(m.event_id, m.tab, m.click, m.key, m.x, m.y, m.at, m.mono, m.disabled, m.excuses, m.reaction, m.watched, m.error);
}

// Time between two acts: on the page's monotonic clock within a tab, else on mapped time. Never negative.
Millis gap_between(const ClickMark& earlier, const ClickMark& later);

struct ValidationMark {
  static constexpr std::size_t kWindow = 16;
  std::string event_id;
  std::string key;
  std::string form;
  UnixMillis at = 0;
};
template <class A>
void fields(A& a, ValidationMark& m) {
  a(m.event_id, m.key, m.form, m.at);
}

struct SubmitMark {
  static constexpr std::size_t kWindow = 8;
  std::string event_id;
  std::string form;
  SubmitResult result = SubmitResult::kUnknown;
  UnixMillis at = 0;
};
template <class A>
void fields(A& a, SubmitMark& m) {
  a(m.event_id, m.form, m.result, m.at);
}

struct StepMark {
  static constexpr std::size_t kWindow = 32;
  std::string funnel;
  std::string step;
  std::optional<std::int64_t> index;
};
template <class A>
void fields(A& a, StepMark& m) {
  a(m.funnel, m.step, m.index);
}

// One of the last 20 events, in 32 bytes.
struct EventDigest {
  static constexpr std::size_t kWindow = 20;
  static constexpr std::size_t kTargetBytes = 22;
  UnixMillis at = 0;
  FactKind kind = FactKind::kCustom;
  std::uint8_t detail = 0;                  // a submit's result, a click's reaction, a field's phase, ...
  std::array<char, kTargetBytes> target{};  // zero-padded; cut when longer

  void set_target(std::string_view text);
  std::string_view target_text() const;
};
static_assert(sizeof(EventDigest) <= 40);
template <class A>
void fields(A& a, EventDigest& d) {
  std::string target{d.target_text()};
  a(d.at, d.kind, d.detail, target);
  if constexpr (A::kReading) d.set_target(target);
}

}  // namespace handrail::core
