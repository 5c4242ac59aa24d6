// SPDX-License-Identifier: Apache-2.0
#include "engine/prediction_desk.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "base/thread.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr const char* kNotRecorded = "not_recorded";

const char* reason_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kLimitExceeded:
      return "throttled";
    case ErrorCode::kCorrupt:
      return "nonsense";
    default:
      return "refused";
  }
}

}  // namespace

PredictionDesk::PredictionDesk(PredictionDeskOptions options, Ports ports, telemetry::Metrics& metrics)
    : options_(std::move(options)),
      ports_(ports),
      breaker_(options_.breaker),
      asked_count_(metrics.counter("handrail_predictor_asked_total", "Rows that the endpoint was asked about")),
      answered_(metrics.counter("handrail_predictor_answered_total",
                                "Answers that were probabilities, and handed to the log")),
      seconds_(metrics.histogram("handrail_predictor_seconds",
                                 "From a question to its answer, or to the end of waiting",
                                 telemetry::latency_buckets())) {
  publish(metrics);
}

void PredictionDesk::publish(telemetry::Metrics& metrics) {
  for (const char* reason : {"queue_full", "stale", "breaker_open"})
    dropped_.push_back(metrics.counter("handrail_predictor_dropped_total", "Rows that the endpoint was not asked about",
                                       telemetry::Labels{{"reason", reason}}));
  for (const char* reason : {"timeout", "unavailable", "throttled", "nonsense", "refused", kNotRecorded})
    failed_.emplace(reason, metrics.counter("handrail_predictor_failed_total",
                                            "Questions that led to no prediction; the embedded model's word counts",
                                            telemetry::Labels{{"reason", reason}}));
  metrics.gauge("handrail_predictor_waiting", "Journeys that wait to be asked about",
                [this] { return static_cast<double>(waiting()); });
  metrics.gauge("handrail_predictor_breaker", "Whether the endpoint is asked: 0 it is, 1 it is tried, 2 it is not",
                [this] { return static_cast<double>(breaker_.state(ports_.clock.monotonic_micros())); });
}

void PredictionDesk::start() {
  for (std::size_t i = 0; i < options_.in_flight; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

void PredictionDesk::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

std::size_t PredictionDesk::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

// After a start, and behind a lag, journeys are folded whose moment is past.
bool PredictionDesk::is_stale(UnixMillis asked_at) const {
  return ports_.clock.now() / 1000 - asked_at > core::Journey::kPredictionHolds;
}

void PredictionDesk::on_scored(const core::Visitor& visitor, const core::ServingModel& model,
                               const core::FeatureRow& row, const core::ExitRisk& said) {
  if (!said.served || visitor.site != options_.site) return;
  if (options_.model_version != 0 && options_.model_version != model.version) return;
  if (is_stale(said.at)) return drop(Drop::kStale);
  if (!breaker_.would_admit(ports_.clock.monotonic_micros())) return drop(Drop::kBreakerOpen);
  Ask ask{visitor.site, visitor.id, visitor.journey.id,    model.version, model.model,
          {},           said.at,    visitor.journey.events};
  model.model->fill(row, ask.row);
  put(std::move(ask));
}

void PredictionDesk::put(Ask ask) {
  bool is_dropping = false;
  {
    const std::lock_guard lock(mutex_);
    const JourneyId journey = ask.journey;
    if (const auto known = places_.find(journey); known != places_.end()) {
      queue_.at(known->second) = std::move(ask);  // the newest row, in the place of the one before
      return;
    }
    is_dropping = queue_.size() >= options_.queue_max;
    if (is_dropping) {
      places_.erase(queue_.begin()->second.journey);
      queue_.erase(queue_.begin());
    }
    const Place place{due_of(journey, ports_.clock.monotonic_micros()), next_number_++};
    queue_.emplace(place, std::move(ask));
    places_.emplace(journey, place);
  }
  if (is_dropping) drop(Drop::kQueueFull);
  changed_.notify_one();
}

// When the journey may be asked about next.
std::int64_t PredictionDesk::due_of(JourneyId journey, std::int64_t now) {
  const auto before = asked_.find(journey);
  return before == asked_.end() ? now : std::max(now, before->second + options_.min_interval * 1000);
}

void PredictionDesk::note_asked(JourneyId journey, std::int64_t now) {
  asked_[journey] = now;
  asked_by_time_.emplace_back(now, journey);
  while (asked_by_time_.front().first + options_.min_interval * 1000 < now) {
    const auto& [at, other] = asked_by_time_.front();
    if (const auto known = asked_.find(other); known != asked_.end() && known->second == at) asked_.erase(known);
    asked_by_time_.pop_front();
  }
}

void PredictionDesk::run(const std::stop_token& stop) {
  name_this_thread("predict");
  while (const auto ask = take(stop)) ask_about(*ask);
}

// The one that has waited longest of those that may be asked about; waits for it. Nothing: it is time to stop.
std::optional<PredictionDesk::Ask> PredictionDesk::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const std::int64_t now = ports_.clock.monotonic_micros();
    if (queue_.empty()) {
      changed_.wait(lock, stop, [this] { return !queue_.empty(); });
      continue;
    }
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

void PredictionDesk::ask_about(const Ask& ask) {
  if (is_stale(ask.asked_at)) return drop(Drop::kStale);
  const std::int64_t begun = ports_.clock.monotonic_micros();
  const auto ticket = breaker_.admit(begun);
  if (!ticket) return drop(Drop::kBreakerOpen);
  asked_count_.add();
  const auto before = breaker_.state(begun);
  const auto probability = answer_to(ask);
  const std::int64_t ended = ports_.clock.monotonic_micros();
  seconds_.observe(static_cast<double>(ended - begun) / 1e6);
  breaker_.note(*ticket, probability.has_value(), ended);
  if (probability) {
    if (before != CircuitBreaker::State::kClosed)
      telemetry::log_info("predictions come again from " + ports_.predictor.name());
    return record(ask, *probability);
  }
  fail_for(reason_of(probability.error()));
  if (breaker_.state(ended) == CircuitBreaker::State::kOpen)
    telemetry::log_warning("not asked for a while: " + ports_.predictor.name() + ": " + probability.error().message);
}

Result<std::uint32_t> PredictionDesk::answer_to(const Ask& ask) {
  auto said = ports_.predictor.ask(std::span(&ask.row, 1), options_.deadline);
  if (!said) return pass_on(said);
  if (said->size() != 1) return fail(ErrorCode::kCorrupt, "it answers with another number of scores than rows");
  const auto probability = ask.model->calibrated(said->front());
  if (!probability) return fail(ErrorCode::kCorrupt, "it answers with what is no probability");
  return *probability;
}

void PredictionDesk::record(const Ask& ask, std::uint32_t probability) {
  answered_.add();
  core::Record record{ask.site, ask.visitor, ports_.clock.now(), 0,
                      core::Prediction{ask.journey, ask.version, probability, ask.asked_at, ask.events}};
  std::vector<core::Record> records;
  records.push_back(std::move(record));
  ports_.log.append(std::move(records), [failed = failed_.at(kNotRecorded)](const Result<Receipt>& receipt) {
    if (!receipt) failed.add();
  });
}

void PredictionDesk::fail_for(const char* reason) const { failed_.at(reason).add(); }

}  // namespace handrail
