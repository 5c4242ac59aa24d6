// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <utility>

#include "base/id.h"
#include "ports/clock.h"

namespace handrail {

// Questions about journeys that wait for somebody outside to be asked: of each journey the newest one only, none sooner
// than `min_interval` (ms) after the one before, and when there are too many the oldest goes. `Ask` has a `journey`.
// Thread-safe.
template <class Ask>
class JourneyQueue {
 public:
  JourneyQueue(std::size_t capacity, Millis min_interval, const Clock& clock)
      : capacity_(capacity), min_interval_(min_interval * 1000), clock_(clock) {}

  // False: another had to go for it.
  bool put(Ask ask) {
    bool is_dropping = false;
    {
      const std::lock_guard lock(mutex_);
      const JourneyId journey = ask.journey;
      if (const auto known = places_.find(journey); known != places_.end()) {
        queue_.at(known->second) = std::move(ask);  // in the place of the one before
        return true;
      }
      is_dropping = queue_.size() >= capacity_;
      if (is_dropping) {
        places_.erase(queue_.begin()->second.journey);
        queue_.erase(queue_.begin());
      }
      const Place place{due_of(journey), next_number_++};
      queue_.emplace(place, std::move(ask));
      places_.emplace(journey, place);
    }
    changed_.notify_one();
    return !is_dropping;
  }

  // The one that has waited longest of those that may be asked; waits for it. Nothing: it is time to stop.
  std::optional<Ask> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (queue_.empty()) {
        changed_.wait(lock, stop, [this] { return !queue_.empty(); });
        continue;
      }
      const std::int64_t now = clock_.monotonic_micros();
      const auto first = queue_.begin();
      const std::int64_t due = first->first.first;
      if (due > now) {
        changed_.wait_for(lock, stop, std::chrono::microseconds(due - now),
                          [&] { return queue_.empty() || queue_.begin()->first.first < due; });
        continue;
      }
      Ask ask = std::move(first->second);
      queue_.erase(first);
      places_.erase(ask.journey);
      note_asked(ask.journey, now);
      return ask;
    }
    return std::nullopt;
  }

  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

 private:
  // Not before (monotonic microseconds), and the order it came in.
  using Place = std::pair<std::int64_t, std::uint64_t>;

  std::int64_t due_of(JourneyId journey) const {
    const std::int64_t now = clock_.monotonic_micros();
    const auto before = asked_.find(journey);
    return before == asked_.end() ? now : std::max(now, before->second + min_interval_);
  }

  void note_asked(JourneyId journey, std::int64_t now) {
    asked_[journey] = now;
    asked_by_time_.emplace_back(now, journey);
    while (asked_by_time_.front().first + min_interval_ < now) {
      const auto& [at, other] = asked_by_time_.front();
      if (const auto known = asked_.find(other); known != asked_.end() && known->second == at) asked_.erase(known);
      asked_by_time_.pop_front();
    }
  }

  const std::size_t capacity_;
  const std::int64_t min_interval_;  // microseconds
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable_any changed_;
  std::map<Place, Ask> queue_;
  std::unordered_map<Id128, Place, IdHash> places_;  // of journeys that wait
  std::uint64_t next_number_ = 0;
  std::unordered_map<Id128, std::int64_t, IdHash> asked_;         // when, of those asked about within min_interval
  std::deque<std::pair<std::int64_t, JourneyId>> asked_by_time_;  // the same, oldest first
};

}  // namespace handrail
