// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <vector>

#include "simulate/visitor.h"

namespace handrail::simulate {

struct PopulationOptions {
  std::uint32_t visitors = 1000;
  std::int64_t events_per_second = 100;
  Millis duration = 30 * kSecond;
  std::uint64_t seed = 1;
};

struct PopulationEvent {
  std::uint32_t visitor = 0;
  SimulatedEvent event;
};

// Visitors who come, act and leave, so that together they make a steady rate of events. Pure: time is logical and
// begins at 0; the same options give the same events, as long as nobody accepts help.
class Population {
 public:
  explicit Population(const PopulationOptions& options);

  // How many must be there at once for a rate: a visitor acts every few seconds.
  static std::uint32_t visitors_at_once(std::int64_t events_per_second);

  // The next event in the order of time; nothing when the day is over.
  std::optional<PopulationEvent> next();
  Visitor& visitor(std::uint32_t index) { return visitors_[index]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(visitors_.size()); }

 private:
  struct Ready {
    Millis at;
    std::uint32_t visitor;
    bool operator>(const Ready& other) const { return at != other.at ? at > other.at : visitor > other.visitor; }
  };
  struct Later {
    bool operator()(const PopulationEvent& a, const PopulationEvent& b) const;
  };
  void let_one_act();

  const PopulationOptions options_;
  Random random_;
  std::vector<Visitor> visitors_;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> active_;
  std::deque<std::uint32_t> away_;  // not yet come, or gone; in the order in which they come
  std::priority_queue<PopulationEvent, std::vector<PopulationEvent>, Later> events_;
  std::int64_t made_ = 0;  // events, for the rate
  Millis acts_at_ = 0;     // when the next act begins
};

// Events of one tab that travel together.
struct Batch {
  Millis send_at = 0;
  std::uint32_t visitor = 0;
  std::vector<SimulatedEvent> events;
};

// Batches as the SDK cuts them: full, a second after the first fact, or 10 ms after an urgent one. In order of send_at.
class Batches {
 public:
  Batches(Population& population, std::size_t events_max) : population_(population), events_max_(events_max) {}
  std::optional<Batch> next();

 private:
  struct Due {
    Millis at;
    std::uint64_t number;  // of the batch: an entry for one that left is stale
    std::uint32_t visitor;
    bool operator>(const Due& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  struct Open {
    std::uint64_t number = 0;
    Millis due = 0;
    std::vector<SimulatedEvent> events;
  };
  std::optional<Batch> take(PopulationEvent arrived);
  Batch close(std::uint32_t visitor, Millis at);
  void forget_stale();

  Population& population_;
  const std::size_t events_max_;
  std::optional<PopulationEvent> ahead_;
  bool is_over_ = false;
  std::vector<Open> open_;  // by visitor
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t batches_ = 0;
};

// The body of POST /h/e. Logical times are counted from `epoch`.
std::string body_of(const Batch& batch, const Visitor& visitor, UnixMillis epoch);

}  // namespace handrail::simulate
