// SPDX-License-Identifier: Apache-2.0
#include "cluster/control_view.h"

#include <set>

namespace handrail {

Result<void> ControlView::refresh() {
  std::lock_guard turn(refreshing_);
  return read_on();
}

Result<void> ControlView::refresh_after(Millis age) {
  std::lock_guard turn(refreshing_);
  if (this->age() < age) return {};
  return read_on();
}

Result<void> ControlView::read_on() {
  const std::int64_t begun = clock_.monotonic_micros();
  auto entries = log_.read(next_);
  if (!entries) return pass_on(entries);
  if (entries->empty()) {
    std::lock_guard lock(mutex_);
    looked_at_ = begun;
    return {};
  }
  auto next_state = std::make_shared<core::ControlState>(*state());
  for (const core::LoggedRecord& entry : *entries) {
    next_state->take(entry);
    next_ = entry.offset + 1;
    ++kept_;
    if (on_entry_) on_entry_(entry);
  }
  std::lock_guard lock(mutex_);
  state_ = std::move(next_state);
  looked_at_ = begun;
  return {};
}

Result<std::size_t> ControlView::compact_when(std::size_t worth) {
  std::lock_guard turn(refreshing_);
  const auto entries = state()->entries();
  if (kept_ < entries.size() + worth) return 0;
  std::set<Offset> needed;
  for (const core::LoggedRecord& entry : entries) needed.insert(entry.offset);
  auto gone = log_.forget(next_, [&](Offset offset) { return needed.contains(offset); });
  if (gone) kept_ = entries.size();  // others may have had them go before
  return gone;
}

std::shared_ptr<const core::ControlState> ControlView::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

Millis ControlView::age() const {
  std::lock_guard lock(mutex_);
  return (clock_.monotonic_micros() - looked_at_) / 1000;
}

void ControlView::set_on_entry(std::function<void(const core::LoggedRecord&)> heard) {
  std::lock_guard turn(refreshing_);
  on_entry_ = std::move(heard);
  if (!on_entry_) return;
  for (const core::LoggedRecord& entry : state()->entries()) on_entry_(entry);
}

}  // namespace handrail
