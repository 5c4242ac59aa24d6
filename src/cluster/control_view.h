// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "core/control/control.h"
#include "ports/clock.h"
#include "ports/control_log.h"

namespace handrail {

// What holds for all visitors, as the control log told it by now. Entries take effect 2 s after they were written
// (core::ControlState::kLeadTime), so whoever looks at least that often knows each in time. Thread-safe.
class ControlView {
 public:
  ControlView(ControlLog& log, const Clock& clock) : log_(log), clock_(clock) {}

  // Reads what is new. Blocks on I/O.
  Result<void> refresh();
  // The same where the last look is at least so old.
  Result<void> refresh_after(Millis age);
  // Has the log forget what newer entries superseded, once these are `worth` or more. Returns how many went. Blocks on
  // I/O.
  Result<std::size_t> compact_when(std::size_t worth);
  std::shared_ptr<const core::ControlState> state() const;
  Millis age() const;  // of the last look; very large before the first
  // Hears each entry, in order, in the thread that refreshes; those that are known already at once.
  void set_on_entry(std::function<void(const core::LoggedRecord&)> heard);

 private:
  Result<void> read_on();

  ControlLog& log_;
  const Clock& clock_;
  std::mutex refreshing_;  // one at a time; guards on_entry_
  std::function<void(const core::LoggedRecord&)> on_entry_;
  mutable std::mutex mutex_;  // guards the rest
  std::shared_ptr<const core::ControlState> state_ = std::make_shared<core::ControlState>();
  Offset next_ = 0;
  std::size_t kept_ = 0;                    // entries in the log below next_, about
  std::int64_t looked_at_ = INT64_MIN / 2;  // monotonic, µs
};

}  // namespace handrail
