// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "cluster/control_view.h"
#include "cluster/due_timers.h"
#include "engine/folding.h"
#include "ports/news_stream.h"
#include "ports/outbox.h"
#include "telemetry/metrics.h"

namespace handrail {

struct GatewayFeedOptions {
  std::chrono::milliseconds control_every{500};  // well within the lead time of control entries
  Millis control_age_max = 5 * kSecond;          // not seen for longer: a fault
  Millis clock_strays_max = 2 * kSecond;         // from the tables' clock: times of records would lie
  std::size_t control_superseded_max = 1000;     // entries that say nothing any more; then they are forgotten
  std::chrono::milliseconds timers_every{1000};  // deadlines that passed in silence, while pages are connected
};

// What a gateway hears from the engines that fold elsewhere: news for its pages, and what holds for all. It also looks
// for deadlines that passed in silence: its visitors wait for what comes of them. As Folding it answers for engines it
// does not see: a read shows what is folded by now, and of a visitor at least what this gateway sent.
class GatewayFeed final : public Folding {
 public:
  struct Ports {
    ControlView& control;
    NewsReader& news;
    Outbox& outbox;
    DueTimers& timers;
    SharedState& state;
    const OwnAppends& own;
    std::function<bool()> has_pages;
    std::function<Millis()> clock_strays;  // of this machine's, behind (above 0) or before (below 0) that of all
    telemetry::Metrics& metrics;
  };
  GatewayFeed(GatewayFeedOptions options, Ports ports);
  ~GatewayFeed() override { stop(); }

  void start();
  void stop();  // idempotent

  bool settle(std::chrono::milliseconds) override { return true; }
  bool settle_visitor(VisitorKey visitor, std::chrono::milliseconds span) override;
  bool await_folded(Offset, std::chrono::milliseconds) override { return false; }
  bool knows_control() const override { return knows_control_; }
  std::optional<Error> fault() const override;

 private:
  using Round = Result<void> (GatewayFeed::*)();
  void keep_on(const std::stop_token& stop, const char* thread_name, std::chrono::milliseconds pause, Round round);
  Result<void> hear_control();
  Result<void> hear_news();
  Result<void> look_for_timers();

  const GatewayFeedOptions options_;
  Ports ports_;
  std::atomic<bool> knows_control_{false};
  std::mutex mutex_;  // with changed_: for waiting until it is time
  std::condition_variable_any changed_;
  telemetry::Counter heard_, failed_;
  std::vector<std::jthread> threads_;
};

}  // namespace handrail
