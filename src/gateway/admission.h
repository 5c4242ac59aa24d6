// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/id.h"
#include "base/time.h"

namespace handrail::gateway {

struct AdmissionOptions {
  std::size_t inflight_bytes_max = 64ULL << 20;  // bodies of requests not yet answered
  Millis unsynced_age_max = 500;                 // of the oldest request that waits for its sync
  Millis lateness_max = 50;                      // of the I/O thread: as long do requests wait to be read
  std::size_t visitor_bytes_max = 4ULL << 20;    // of one visitor, once half of inflight_bytes_max is taken
};

// Whether there is room for one more request with events: decided from its head, before its body costs anything.
// Latency is what overload spoils first, so age counts, not length: a queue is short enough as long as it moves.
// Thread-safe.
class Admission {
 public:
  enum class Refusal { kBytes, kAge, kLateness, kVisitor };
  // Held until the request is answered.
  using Hold = std::shared_ptr<void>;

  explicit Admission(AdmissionOptions options) : state_(std::make_shared<State>(options)) {}

  // Room for a body of so many bytes, or why not.
  std::optional<Refusal> enter(std::uint64_t body_bytes, std::int64_t now_us, Hold& hold);
  // Room for a visitor's share, known once the body is read. While there is plenty nobody is limited; then one visitor
  // who floods cannot take the room of the others.
  std::optional<Refusal> enter_visitor(const VisitorKey& visitor, std::uint64_t bytes, Hold& hold);
  // From handed to the log until durable.
  Hold unsynced(std::int64_t now_us);
  // The I/O thread calls this every kTickEvery: where it comes late, requests wait to be read. Late once is a hiccup of
  // the machine, and a page that says goodbye cannot come back; late for kPatience on end is overload. Who was
  // overloaded within kRelapse is so again at once.
  static constexpr Millis kTickEvery = 10;
  static constexpr Millis kPatience = 500;
  static constexpr Millis kRelapse = 5'000;
  void tick(std::int64_t now_us);

  std::size_t inflight_bytes() const { return state_->inflight; }
  Millis age(std::int64_t now_us) const;  // of the oldest request that waits for its sync

 private:
  struct State {
    explicit State(AdmissionOptions o) : options(o) {}
    const AdmissionOptions options;
    std::atomic<std::size_t> inflight{0};
    mutable std::mutex mutex;  // guards the two below
    std::list<std::int64_t> begun;
    std::unordered_map<VisitorKey, std::size_t, IdHash> of_visitors;
  };
  std::shared_ptr<State> state_;  // holds may outlive the gateway
  bool is_late_for_long(std::int64_t now_us) const;

  std::int64_t last_tick_ = 0;
  std::optional<std::int64_t> late_since_;
  std::int64_t overloaded_at_ = INT64_MIN / 2;  // the last time
};

}  // namespace handrail::gateway
