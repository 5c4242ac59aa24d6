// SPDX-License-Identifier: Apache-2.0
#include "cluster/gateway_feed.h"

#include <cstdlib>

#include "base/thread.h"
#include "ports/stream_block.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr std::chrono::milliseconds kNewsWait{1000};
constexpr std::chrono::milliseconds kPauseAfterFailure{500};
constexpr std::chrono::milliseconds kSettlePause{25};

}  // namespace

GatewayFeed::GatewayFeed(GatewayFeedOptions options, Ports ports)
    : options_(options),
      ports_(std::move(ports)),
      heard_(ports_.metrics.counter("handrail_outbox_heard_total", "News that engines elsewhere sent to all gateways")),
      failed_(ports_.metrics.counter("handrail_outbox_failures_total",
                                     "Rounds of listening to engines elsewhere that failed and are tried again")) {}

void GatewayFeed::start() {
  ports_.control.set_on_entry([this](const core::LoggedRecord& entry) {
    ports_.outbox.publish({Publication{VisitorKey{}, ControlNews{entry}}});
  });
  const auto begin = [&](const char* name, std::chrono::milliseconds pause, Round round) {
    threads_.emplace_back(
        [this, name, pause, round](const std::stop_token& stop) { keep_on(stop, name, pause, round); });
  };
  begin("control-view", options_.control_every, &GatewayFeed::hear_control);
  begin("news", std::chrono::milliseconds(0), &GatewayFeed::hear_news);
  begin("due-timers", options_.timers_every, &GatewayFeed::look_for_timers);
}

void GatewayFeed::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

void GatewayFeed::keep_on(const std::stop_token& stop, const char* thread_name, std::chrono::milliseconds pause,
                          Round round) {
  name_this_thread(thread_name);
  std::string last_failure;
  while (!stop.stop_requested()) {
    const auto done = (this->*round)();
    if (!done) failed_.add();
    const std::string failure = done ? std::string{} : done.error().message;
    if (failure != last_failure && !failure.empty()) telemetry::log_warning("trying again: " + failure);
    if (failure.empty() && !last_failure.empty()) telemetry::log_info(std::string(thread_name) + ": goes on");
    last_failure = failure;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, done ? pause : std::max(pause, kPauseAfterFailure), [] { return false; });
  }
}

Result<void> GatewayFeed::hear_control() {
  if (auto refreshed = ports_.control.refresh(); !refreshed) return refreshed;
  knows_control_ = true;
  auto gone = ports_.control.compact_when(options_.control_superseded_max);
  if (!gone) return pass_on(gone);
  if (*gone > 0) telemetry::log_info("the control log forgot " + std::to_string(*gone) + " superseded entries");
  return {};
}

Result<void> GatewayFeed::hear_news() {
  auto news = ports_.news.read(kNewsWait);
  if (!news) return pass_on(news);
  heard_.add(static_cast<double>(news->size()));
  if (!news->empty()) ports_.outbox.publish(std::move(*news));
  return {};
}

Result<void> GatewayFeed::look_for_timers() {
  if (!ports_.has_pages()) return {};
  auto appended = ports_.timers.append();
  if (!appended) return pass_on(appended);
  return {};
}

bool GatewayFeed::settle_visitor(VisitorKey visitor, std::chrono::milliseconds span) {
  const std::string newest = ports_.own.newest_of(visitor);
  if (newest.empty()) return true;
  for (auto waited = std::chrono::milliseconds(0);; waited += kSettlePause) {
    const auto stored = ports_.state.load(std::span(&visitor, 1));
    if (!stored) return false;
    const SharedVisitor& known = stored->front();
    if (!known.applied.empty() && !is_before(known.applied, newest) && known.untold.is_empty()) return true;
    if (waited >= span) return false;
    std::this_thread::sleep_for(kSettlePause);
  }
}

std::optional<Error> GatewayFeed::fault() const {
  if (ports_.control.age() > options_.control_age_max)
    return Error{ErrorCode::kUnavailable, "what holds for all cannot be read"};
  const Millis strays = ports_.clock_strays();
  if (std::abs(strays) <= options_.clock_strays_max) return std::nullopt;
  return Error{ErrorCode::kUnavailable, "this machine's clock is at least " + std::to_string(std::abs(strays)) +
                                            " ms " + (strays > 0 ? "behind" : "before") + " the tables': set it right"};
}

}  // namespace handrail
