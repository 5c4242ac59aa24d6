// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingest_figures.h"

#include <cstdlib>

namespace handrail::gateway {
namespace {

constexpr const char* kRequests = "handrail_ingest_requests_total";
constexpr const char* kRequestsHelp = "Requests with events, by the status of their answer";
constexpr const char* kEvents = "handrail_ingest_events_total";
constexpr const char* kEventsHelp = "Events by what became of them; refused: nothing was kept, to be sent again";
constexpr std::array kStatuses = {200, 400, 413, 415, 429, 503};
constexpr std::array kFaults = {"missing_field", "wrong_type",      "out_of_range",       "too_long",
                                "bad_id",        "event_too_large", "too_many_properties"};

telemetry::Counter events(telemetry::Metrics& metrics, const char* result, const char* reason) {
  return metrics.counter(kEvents, kEventsHelp, {{"result", result}, {"reason", reason}});
}

class CountingExchange final : public Exchange {
 public:
  CountingExchange(std::shared_ptr<Exchange> inner, const IngestFigures& figures)
      : inner_(std::move(inner)), figures_(figures) {}
  void respond(HttpResponse response) override {
    figures_.count_request(response.status);
    inner_->respond(std::move(response));
  }
  std::shared_ptr<EventStream> open_stream(std::vector<std::pair<std::string, std::string>> headers) override {
    return inner_->open_stream(std::move(headers));
  }

 private:
  std::shared_ptr<Exchange> inner_;
  const IngestFigures& figures_;
};

}  // namespace

IngestFigures::IngestFigures(telemetry::Metrics& metrics)
    : other_requests_(metrics.counter(kRequests, kRequestsHelp, {{"code", "other"}})),
      rejected_otherwise_(events(metrics, "rejected", "other")),
      accepted_(events(metrics, "accepted", "durable")),
      refused_(events(metrics, "refused", "unavailable")),
      redacted_(metrics.counter("handrail_events_redacted_total",
                                "Events of which a site's privacy rules dropped or hashed something")),
      clock_skew_(metrics.histogram("handrail_clock_skew_seconds",
                                    "How far a request's sentAt lies from when it was received, either way",
                                    {.1, .5, 1, 2, 5, 15, 60, 300, 3600, 86'400})) {
  for (const int status : kStatuses)
    requests_.emplace(status, metrics.counter(kRequests, kRequestsHelp, {{"code", std::to_string(status)}}));
  for (const char* fault : kFaults) rejected_.emplace(fault, events(metrics, "rejected", fault));
}

bool IngestFigures::is_intake(std::string_view path) {
  return path == "/h/e" || path == "/api/events/track" || path == "/api/events/track/batch";
}

std::shared_ptr<Exchange> IngestFigures::counting(std::shared_ptr<Exchange> exchange) const {
  return std::make_shared<CountingExchange>(std::move(exchange), *this);
}

void IngestFigures::count_request(int status) const {
  const auto known = requests_.find(status);
  (known == requests_.end() ? other_requests_ : known->second).add();
}

void IngestFigures::take(const Intake& intake) const {
  if (!intake.records.empty()) {
    const core::Record& first = intake.records.front();
    const auto* event = std::get_if<core::Event>(&first.body);
    if (event != nullptr && event->sent_at)
      clock_skew_.observe(static_cast<double>(std::llabs(first.received_at / 1000 - *event->sent_at)) / 1000);
  }
  if (intake.rejected == 0) return;
  for (const EventResult& result : intake.results) {
    if (!result.fault) continue;
    const auto known = rejected_.find(result.fault->code);
    (known == rejected_.end() ? rejected_otherwise_ : known->second).add();
  }
}

}  // namespace handrail::gateway
