// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>

#include "ports/state_store.h"

namespace handrail {

// The deadlines of a partition's visitors, in order of time, and what changed of them since the last checkpoint.
// A deadline is a function of its visitor's state; this is its index.
class Timers {
 public:
  void restore(const std::vector<TimerRow>& rows) { rows_.insert(rows.begin(), rows.end()); }

  void change(const VisitorKey& visitor, std::optional<UnixMillis> before, std::optional<UnixMillis> after);

  // Deadlines at or before `now` that were not handed out in the last `patience`, at most `limit`: each wants a timer
  // record. One that did not make it into the log is handed out again.
  std::vector<TimerRow> take_due(UnixMillis now, Millis patience, std::size_t limit);
  std::optional<UnixMillis> next() const;

  // Puts what changed into the batch; kept until changes_written(), so that a failed write can be tried again.
  void write_changes(StateBatch& batch) const;
  void changes_written() { changes_.clear(); }
  std::size_t size() const { return rows_.size(); }

 private:
  std::set<TimerRow> rows_;
  std::map<TimerRow, UnixMillis> handed_out_;  // when
  std::map<TimerRow, bool> changes_;           // true: set, false: gone
};

}  // namespace handrail
