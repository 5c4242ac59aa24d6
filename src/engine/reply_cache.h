// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/id.h"
#include "base/time.h"
#include "core/analysis/grounding.h"

namespace handrail {

// What a provider said of journeys that read alike (core::likeness_of): told again for a while instead of asking anew.
// It holds what was said, not what was made of it: each telling is checked against its own journey. Bounded, the oldest
// goes first. Thread-safe.
class ReplyCache {
 public:
  struct Kept {
    core::AnalystReply reply;
    std::string model;
  };

  ReplyCache(std::size_t capacity, Millis holds) : capacity_(capacity), holds_(holds * 1000) {}

  // `now`: monotonic microseconds.
  std::optional<Kept> find(const Id128& likeness, std::int64_t now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    const auto found = kept_.find(likeness);
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }

  void keep(const Id128& likeness, Kept kept, std::int64_t now) {
    if (capacity_ == 0) return;
    const std::lock_guard lock(mutex_);
    forget_old(now);
    if (!kept_.emplace(likeness, std::move(kept)).second) return;
    by_time_.emplace_back(now, likeness);
    if (by_time_.size() > capacity_) forget_oldest();
  }

 private:
  void forget_old(std::int64_t now) {
    while (!by_time_.empty() && by_time_.front().first + holds_ < now) forget_oldest();
  }
  void forget_oldest() {
    kept_.erase(by_time_.front().second);
    by_time_.pop_front();
  }

  const std::size_t capacity_;
  const std::int64_t holds_;  // microseconds
  std::mutex mutex_;          // guards both below
  std::unordered_map<Id128, Kept, IdHash> kept_;
  std::deque<std::pair<std::int64_t, Id128>> by_time_;  // each once, oldest first
};

}  // namespace handrail
