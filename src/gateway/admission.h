// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <unordered_map>

#include "base/id.h"
#include "base/time.h"

namespace handrail::gateway {

struct AdmissionOptions {
  std::size_t inflight_bytes_max = 64ULL << 20;  // bodies of requests not yet answered
  Millis unsynced_age_max = 500;                 // of the oldest request that waits for its sync
  Millis lateness_max = 5;                       // of the I/O thread: as long do requests wait to be read
  std::size_t visitor_bytes_max = 4ULL << 20;    // of one visitor, once half of inflight_bytes_max is taken
};

// Whether there is room for one more request with events: decided from its head, before its body costs anything.
// Latency is what overload spoils first, so age counts, not length: a queue is short enough as long as it moves.
// Thread-safe, but enter() and tick() belong to the I/O thread.
class Admission {
 public:
  enum class Refusal { kBytes, kAge, kLateness, kVisitor };
  // Held until the request is answered.
  using Hold = std::shared_ptr<void>;

  explicit Admission(AdmissionOptions options) : state_(std::make_shared<State>(options)) {}

  // Room for a body of so many bytes, or why not. One that cannot come back, since its page is closing, is turned away
  // for want of room only, not for the sake of the others' latency.
  std::optional<Refusal> enter(std::uint64_t body_bytes, bool can_come_back, std::int64_t now_us, Hold& hold);
  // Room for a visitor's share, known once the body is read. While there is plenty nobody is limited; then one visitor
  // who floods cannot take the room of the others.
  std::optional<Refusal> enter_visitor(const VisitorKey& visitor, std::uint64_t bytes, Hold& hold);
  // From handed to the log until durable.
  Hold unsynced(std::int64_t now_us);
  // To be called every kTickEvery: where it comes late, requests wait to be read, and the share of them that is let in
  // shrinks until it does not; it grows back slowly, as TCP's window does (Chiu and Jain 1989). Late once or twice is a
  // hiccup of the machine, and late with little to do is want of processor time: neither turns anyone away.
  static constexpr Millis kTickEvery = 5;
  static constexpr int kHiccups = 2;        // late ticks on end
  static constexpr int kBusyRequests = 50;  // between two ticks
  static constexpr double kShrink = 0.9;    // by a late tick; by kShrinkFast where it is very late
  static constexpr double kShrinkFast = 0.5;
  static constexpr double kGrow = 0.003;  // by a tick in time
  static constexpr double kShareMin = 0.02;
  void tick(std::int64_t now_us);
  double share() const { return share_; }

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

  std::int64_t last_tick_ = 0;
  int late_ticks_ = 0;             // on end
  int asked_ = 0;                  // since the last tick
  std::atomic<double> share_ = 1;  // of those who can come back, let in; read by /metrics
  std::minstd_rand draw_;
};

}  // namespace handrail::gateway
