// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.h"

namespace handrail {

void Timers::change(const VisitorKey& visitor, std::optional<UnixMillis> before, std::optional<UnixMillis> after) {
  if (before == after) return;
  if (before) {
    const TimerRow row{*before, visitor};
    rows_.erase(row);
    handed_out_.erase(row);
    changes_.insert_or_assign(row, false);
  }
  if (after) {
    const TimerRow row{*after, visitor};
    rows_.insert(row);
    changes_.insert_or_assign(row, true);
  }
}

std::vector<TimerRow> Timers::take_due(UnixMillis now, Millis patience, std::size_t limit) {
  std::vector<TimerRow> due;
  for (auto it = rows_.begin(); it != rows_.end() && it->due <= now && due.size() < limit; ++it) {
    auto [handed, is_new] = handed_out_.try_emplace(*it, now);
    if (!is_new && now - handed->second < patience) continue;
    handed->second = now;
    due.push_back(*it);
  }
  return due;
}

std::optional<UnixMillis> Timers::next() const {
  if (rows_.empty()) return std::nullopt;
  return rows_.begin()->due;
}

void Timers::write_changes(StateBatch& batch) const {
  batch.timers_set.clear();
  batch.timers_gone.clear();
  for (const auto& [row, set] : changes_) (set ? batch.timers_set : batch.timers_gone).push_back(row);
}

}  // namespace handrail
