// SPDX-License-Identifier: Apache-2.0
#include "engine/analyst_desk.h"

#include "base/thread.h"
#include "engine/asking.h"

namespace handrail {

AnalystDesk::AnalystDesk(AnalystDeskOptions options, Ports ports, telemetry::Metrics& metrics)
    : options_(options),
      ports_(ports),
      breaker_(options_.breaker),
      queue_(options_.queue_max, options_.min_interval, ports_.clock),
      cache_(options_.cache_entries, options_.cache_holds),
      spending_(options_.per_minute, options_.nano_dollars_per_day),
      asked_(metrics.counter("handrail_analyst_asked_total", "Journeys that the provider was asked about")),
      answered_(metrics.counter("handrail_analyst_answered_total", "Answers that could be read, and were checked")),
      cached_(metrics.counter("handrail_analyst_cached_total",
                              "Journeys told of from an earlier answer about the same facts")),
      input_tokens_(metrics.counter("handrail_analyst_tokens_total", "Tokens that the provider counted",
                                    telemetry::Labels{{"direction", "input"}})),
      output_tokens_(metrics.counter("handrail_analyst_tokens_total", "Tokens that the provider counted",
                                     telemetry::Labels{{"direction", "output"}})),
      nano_dollars_(metrics.counter("handrail_analyst_nano_dollars_total",
                                    "What the answers cost by the price table, in 10^-9 US dollars")),
      seconds_(metrics.histogram("handrail_analyst_seconds", "From a question to its answer, or to the end of waiting",
                                 telemetry::latency_buckets())),
      advice_seconds_(metrics.histogram("handrail_analyst_advice_seconds",
                                        "From the wish for an analysis to its record being safe in the log",
                                        telemetry::latency_buckets())) {
  publish(metrics);
}

void AnalystDesk::publish(telemetry::Metrics& metrics) {
  for (const char* reason : {"no_consent", "queue_full", "stale", "breaker_open", "too_often", "too_dear"})
    dropped_.push_back(metrics.counter("handrail_analyst_dropped_total",
                                       "Journeys that the provider was not asked about",
                                       telemetry::Labels{{"reason", reason}}));
  for (const char* reason : kFailures)
    failed_.emplace(reason, metrics.counter("handrail_analyst_failed_total",
                                            "Questions that led to no analysis; the built-in's stands",
                                            telemetry::Labels{{"reason", reason}}));
  const auto add_fault = [&](const std::string& kind) {
    faults_.emplace(kind, metrics.counter("handrail_analyst_faults_total",
                                          "Parts of answers that were not taken: untrue, unknown or not allowed",
                                          telemetry::Labels{{"fault", kind}}));
  };
  for (const char* kind : {"score", "engagement", "unknown_claim", "false_claim", "unknown_action"}) add_fault(kind);
  for (std::size_t i = 1; i < core::kWordsFaults; ++i)
    add_fault("words_" + std::string(core::name_of(static_cast<core::WordsFault>(i))));
  metrics.gauge("handrail_analyst_waiting", "Journeys that wait to be read by the provider",
                [this] { return static_cast<double>(waiting()); });
  metrics.gauge("handrail_analyst_breaker", "Whether the provider is asked: 0 it is, 1 it is tried, 2 it is not",
                [this] { return static_cast<double>(breaker_.state(ports_.clock.monotonic_micros())); });
  metrics.gauge("handrail_analyst_dollars_today", "US dollars spent since midnight UTC, or the start",
                [this] { return static_cast<double>(spending_.spent_today(ports_.clock.now() / 1000)) / 1e9; });
}

void AnalystDesk::start() {
  for (std::size_t i = 0; i < options_.in_flight; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

void AnalystDesk::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

// After a start, and behind a lag, journeys are folded whose moment is past.
bool AnalystDesk::is_stale(UnixMillis asked_at) const {
  return ports_.clock.now() / 1000 - asked_at > core::Advice::kHolds;
}

void AnalystDesk::on_read(const core::Visitor& visitor, const core::Reading& reading) {
  if (!reading.may_leave) return drop(Drop::kNoConsent);
  if (is_stale(reading.builtin.asked_at)) return drop(Drop::kStale);
  const std::int64_t now = ports_.clock.monotonic_micros();
  if (!breaker_.would_admit(now)) return drop(Drop::kBreakerOpen);
  const bool has_room = queue_.put(
      {visitor.site, visitor.id, reading.builtin.journey, reading.digest, reading.rules, reading.builtin, now});
  if (!has_room) drop(Drop::kQueueFull);
}

void AnalystDesk::run(const std::stop_token& stop) {
  name_this_thread("analyst");
  while (const auto ask = queue_.take(stop)) ask_about(*ask);
}

Id128 AnalystDesk::likeness_of(const Ask& ask) const {
  const Id128 journey = core::likeness_of(ask.digest, ask.rules);
  return id_of({journey.bytes(), ports_.analyst.provider(), ports_.analyst.model(), ports_.analyst.prompt()});
}

void AnalystDesk::ask_about(const Ask& ask) {
  if (is_stale(ask.builtin.asked_at)) return drop(Drop::kStale);
  const Id128 likeness = likeness_of(ask);
  if (tell_again(ask, likeness)) return;
  const std::int64_t begun = ports_.clock.monotonic_micros();
  const auto verdict = spending_.take(begun, ports_.clock.now() / 1000);
  if (verdict == Spending::Verdict::kTooOften) return drop(Drop::kTooOften);
  if (verdict == Spending::Verdict::kTooDear) return drop(Drop::kTooDear);
  const auto ticket = breaker_.admit(begun);
  if (!ticket) return drop(Drop::kBreakerOpen);
  auto answer = answer_to(ask, *ticket);
  if (!answer) return failed_.at(failure_of(answer.error())).add();
  core::AnalysisSource source;
  source.model = answer->model;
  source.input_tokens = answer->input_tokens;
  source.output_tokens = answer->output_tokens;
  source.nano_dollars = options_.prices.cost_of(answer->input_tokens, answer->output_tokens);
  spending_.spend(source.nano_dollars, ports_.clock.now() / 1000);
  input_tokens_.add(answer->input_tokens);
  output_tokens_.add(answer->output_tokens);
  nano_dollars_.add(static_cast<double>(source.nano_dollars));
  record(ask, answer->reply, std::move(source));
  cache_.keep(likeness, {std::move(answer->reply), std::move(answer->model)}, ports_.clock.monotonic_micros());
}

bool AnalystDesk::tell_again(const Ask& ask, const Id128& likeness) {
  const auto kept = cache_.find(likeness, ports_.clock.monotonic_micros());
  if (!kept) return false;
  cached_.add();
  core::AnalysisSource source;
  source.model = kept->model;
  source.cached = true;
  record(ask, kept->reply, std::move(source));
  return true;
}

Result<Analyst::Answer> AnalystDesk::answer_to(const Ask& ask, CircuitBreaker::Ticket ticket) {
  asked_.add();
  auto answer =
      ask_behind_breaker({breaker_, ports_.clock, seconds_, ports_.analyst.place(), "journeys are read again by"},
                         ticket, [&] { return ports_.analyst.read(ask.digest, ask.rules, options_.deadline); });
  if (answer) answered_.add();
  return answer;
}

void AnalystDesk::record(const Ask& ask, const core::AnalystReply& reply, core::AnalysisSource source) {
  auto [analysis, grounding] = core::grounded(reply, ask.builtin, ask.digest, ask.rules);
  count(grounding);
  source.provider = ports_.analyst.provider();
  source.prompt = ports_.analyst.prompt();
  source.latency = (ports_.clock.monotonic_micros() - ask.wished_at) / 1000;
  analysis.id = AnalysisId{id_of({"analysis", ask.site, ask.visitor, analysis.cause, source.provider, source.prompt})};
  analysis.source = std::move(source);
  std::vector<core::Record> records;
  records.push_back({ask.site, ask.visitor, ports_.clock.now(), 0, std::move(analysis)});
  ports_.log.append(std::move(records), [failed = failed_.at(kNotRecorded), seconds = advice_seconds_,
                                         &clock = ports_.clock, begun = ask.wished_at](const Result<Receipt>& receipt) {
    if (!receipt) return failed.add();
    seconds.observe(static_cast<double>(clock.monotonic_micros() - begun) / 1e6);
  });
}

void AnalystDesk::count(const core::Grounding& grounding) {
  if (grounding.score_clamped) faults_.at("score").add();
  if (grounding.engagement_unknown) faults_.at("engagement").add();
  faults_.at("unknown_claim").add(grounding.unknown_claims);
  faults_.at("false_claim").add(grounding.false_claims);
  faults_.at("unknown_action").add(grounding.unknown_actions);
  if (grounding.words != core::WordsFault::kNone)
    faults_.at("words_" + std::string(core::name_of(grounding.words))).add();
}

}  // namespace handrail
