// SPDX-License-Identifier: Apache-2.0
#include "engine/prediction_desk.h"

#include <span>

#include "base/thread.h"
#include "engine/asking.h"

namespace handrail {

PredictionDesk::PredictionDesk(PredictionDeskOptions options, Ports ports, telemetry::Metrics& metrics)
    : options_(std::move(options)),
      ports_(ports),
      breaker_(options_.breaker),
      queue_(options_.queue_max, options_.min_interval, ports_.clock),
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
  for (const char* reason : kFailures)
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
  if (!queue_.put(std::move(ask))) drop(Drop::kQueueFull);
}

void PredictionDesk::run(const std::stop_token& stop) {
  name_this_thread("predict");
  while (const auto ask = queue_.take(stop)) ask_about(*ask);
}

void PredictionDesk::ask_about(const Ask& ask) {
  if (is_stale(ask.asked_at)) return drop(Drop::kStale);
  const auto ticket = breaker_.admit(ports_.clock.monotonic_micros());
  if (!ticket) return drop(Drop::kBreakerOpen);
  asked_count_.add();
  const auto probability =
      ask_behind_breaker({breaker_, ports_.clock, seconds_, ports_.predictor.name(), "predictions come again from"},
                         *ticket, [&] { return answer_to(ask); });
  if (!probability) return failed_.at(failure_of(probability.error())).add();
  record(ask, *probability);
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

}  // namespace handrail
