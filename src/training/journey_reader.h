// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <unordered_map>

#include "core/fold/fold.h"
#include "training/event_source.h"

namespace handrail::training {

// Folds a source's records in memory, visitor by visitor, and lets a watch look on. Not thread-safe.
class JourneyReader {
 public:
  JourneyReader(core::Rules rules, core::JourneyWatch& watch) : rules_(std::move(rules)), watch_(watch) {}

  // False: the record could not be folded, and was left out.
  bool take(const core::LoggedRecord& logged);

  // The rules that hold for the visitor now.
  const core::Rules& rules_of(const core::Visitor& visitor) const;
  UnixMillis log_time() const { return log_time_; }  // of the newest record
  // Each visitor's journey that came to no outcome yet: to which, if it is over by now though nothing came after it.
  void each_open(const std::function<void(const core::Visitor&, const std::optional<core::Outcome>&)>& take) const;

 private:
  const core::Rules rules_;
  core::JourneyWatch& watch_;
  core::ControlState control_;
  std::unordered_map<VisitorKey, core::Visitor, IdHash> visitors_;
  core::Effects effects_;
  UnixMillis log_time_ = 0;
};

}  // namespace handrail::training
