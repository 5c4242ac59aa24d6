// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.h"

#include <algorithm>
#include <array>
#include <thread>

#include "gateway/long_poll.h"
#include "gateway/problem.h"
#include "gateway/rate.h"
#include "gateway/views.h"
#include "telemetry/log.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kReadThreads = 2;
constexpr Millis kTickEvery = 250;
constexpr Millis kTellWatchersEvery = kSecond;
constexpr std::uint64_t kRetryAfterMax = 5;  // seconds, spread out so that those turned away do not return together

// Made beforehand: when they are needed there is no time.
std::array<HttpResponse, 4> refusals_by(const AdmissionOptions& limits) {
  const auto refusal = [](const char* why, const char* field, std::size_t limit) {
    return problem(503, "overloaded", std::string(why) + "; come back later", field, static_cast<std::int64_t>(limit));
  };
  return {refusal("too many bytes wait to be written", "server.inflight_bytes_max", limits.inflight_bytes_max),
          refusal("requests wait too long to be written", "server.unsynced_age_max_ms",
                  static_cast<std::size_t>(limits.unsynced_age_max)),
          refusal("requests wait too long to be read", "server.lateness_max_ms",
                  static_cast<std::size_t>(limits.lateness_max)),
          refusal("this visitor has too many bytes waiting to be written", "intake.visitor_bytes_max",
                  limits.visitor_bytes_max)};
}

ServerOptions with_admission(ServerOptions options, std::function<Admitted(const RequestHead&)> admit) {
  options.admit = std::move(admit);
  return options;
}

bool takes_events(const RequestHead& head) {
  return head.method == Method::kPost && IngestFigures::is_intake(head.path);
}

GatewayRuntime sockets_and_threads(const GatewayPorts& ports) {
  return {[&clock = ports.clock, &metrics = ports.metrics](ServerOptions options, Handler handler) {
            return std::make_unique<Server>(std::move(options), std::move(handler), clock, metrics);
          },
          [] { return std::make_unique<ReadThreads>(kReadThreads); }};
}

}  // namespace

Gateway::Gateway(GatewayOptions options, GatewayPorts ports)
    : Gateway(std::move(options), ports, sockets_and_threads(ports)) {}

Gateway::Gateway(GatewayOptions options, GatewayPorts ports, const GatewayRuntime& runtime)
    : options_(std::move(options)),
      ports_(std::move(ports)),
      admission_(options_.admission),
      refusals_(refusals_by(options_.admission)),
      reading_(runtime.reading()),
      guard_(options_.guard, ports_.clock, ports_.metrics),
      router_(options_.hosts, guard_, ports_.metrics),
      transport_(runtime.transport(
          with_admission(options_.server, [this](const RequestHead& head) { return admit(head); }),
          [this](HttpRequest request, std::shared_ptr<Exchange> exchange) {
            options_.proxies.resolve(request);
            if (!within_rate(request)) {
              limited_.add();
              if (IngestFigures::is_intake(request.path)) ingest_.count_request(429);
              return refuse_openly(request, *exchange,
                                   problem(429, "too_many_requests", "this address sends more requests than the limit",
                                           "server.requests_per_second", options_.requests_per_second));
            }
            router_.handle(std::move(request), std::move(exchange));
          })),
      buckets_(std::make_unique<Buckets>()),
      polls_(std::make_shared<LongPolls>()),
      ingest_(ports_.metrics),
      limited_(ports_.metrics.counter("handrail_http_refused_total", "Requests refused before their route",
                                      {{"reason", "rate"}})),
      overloaded_(ports_.metrics.counter("handrail_http_refused_total", "Requests refused before their route",
                                         {{"reason", "overload"}})),
      busy_(ports_.metrics.counter("handrail_http_busy_total", "Requests answered 503 because too much waited")),
      decode_seconds_(telemetry::stage_seconds(ports_.metrics, "decode")),
      ack_seconds_(ports_.metrics.histogram("handrail_ingest_ack_seconds",
                                            "From records handed to the log to their being durable",
                                            telemetry::latency_buckets())) {
  ports_.metrics.gauge("handrail_ingest_admitted_share",
                       "Share of the requests with events that is let in: below 1 while too much waits to be read",
                       [this] { return admission_.share(); });
  ports_.metrics.gauge("handrail_ingest_inflight_bytes", "Bodies of requests with events that are not yet answered",
                       [this] { return static_cast<double>(admission_.inflight_bytes()); });
  ports_.hub.set_on_control([this](const core::LoggedRecord& entry) { guard_.directory().take(entry); });
  ports_.hub.set_post([this](std::function<void()> work) { transport_->post(std::move(work)); });
  add_ingest_routes();
  add_help_routes();
  add_chat_routes();
  add_mission_routes();
  add_subject_routes();
  add_reading_routes();
  add_visitor_routes();
  add_desk_routes();
  add_session_routes();
  add_site_routes();
  add_credential_routes();
  add_rules_routes();
  add_analyst_routes();
  add_training_routes();
  add_model_routes();
  add_custody_routes();
  add_operation_routes();
  add_page_routes();
}

Gateway::~Gateway() { stop(); }

Result<void> Gateway::start() {
  auto live = ports_.reader.live_interventions();
  if (!live) return pass_on(live);
  transport_->post([this, live = std::move(*live)]() mutable { ports_.hub.restore(std::move(live)); });
  await_control();
  if (auto started = transport_->start(); !started) return started;
  transport_->every(kTickEvery, [this] { tick(); });
  transport_->every(Admission::kTickEvery, [this] {
    admission_.tick(ports_.clock.monotonic_micros());
    await_control();
  });
  transport_->every(kTellWatchersEvery, [this] { tell_watchers(); });
  ready_ = true;
  return {};
}

void Gateway::stop() {
  if (stopped_) return;
  stopped_ = true;
  ready_ = false;
  std::this_thread::sleep_for(std::chrono::milliseconds(options_.unready));
  transport_->post([this] {
    polls_->finish_all();
    ports_.hub.say_goodbye(options_.comeback);
  });
  transport_->stop(options_.drain);
  reading_->stop();
}

// What the engine has told by then is on its way to this thread already: it is heard first.
void Gateway::await_control() {
  if (control_known_) return;
  control_known_ = ports_.engine.knows_control();
  if (!control_known_) return;
  transport_->post([this] {
    guard_.knows_all();
    is_configuration_due_ = true;
    keep_configuration();
  });
}

void Gateway::tick() {
  polls_->finish_overdue(ports_.clock.monotonic_micros());
  ports_.hub.forget_old_offers();
  buckets_->forget_idle();
  keep_configuration();
  tell_pages();
  for (const Hub::AgentName& agent : ports_.hub.agents_to_set_away())
    set_availability(agent, false, [](const Result<Receipt>&) {});
}

// Struggle fades without any record, so watchers are told while it is above 0, and once more when it has gone.
void Gateway::tell_watchers() {
  const std::vector<VisitorKey> watched = ports_.hub.watched();
  std::erase_if(struggling_, [&](const VisitorKey& key) { return std::ranges::find(watched, key) == watched.end(); });
  for (const VisitorKey& key : watched) {
    reading_->run([this, key] {
      auto visitor = ports_.reader.visitor(key);
      if (!visitor || !*visitor) return;
      transport_->post([this, key, visitor = std::move(**visitor)] {
        const json::object now = standing(visitor, ports_.clock.now() / 1000, rules_now(visitor.site).weights);
        const bool is_struggling = now.at("struggle").as_int64() > 0;
        const bool was_struggling = struggling_.erase(key) > 0;
        if (is_struggling) struggling_.insert(key);
        if (is_struggling || was_struggling) ports_.hub.to_watchers(key, "struggle", json::serialize(now));
      });
    });
  }
}

bool Gateway::within_rate(const HttpRequest& request) {
  return buckets_->take(request.peer, options_.requests_per_second, ports_.clock.monotonic_micros());
}

bool Gateway::within_site_rate(const CallPtr& call) {
  const core::Site* site = guard_.directory().site(call->caller.site);
  if (site == nullptr || site->requests_per_second == 0) return true;
  if (buckets_->take("site " + site->id, site->requests_per_second, ports_.clock.monotonic_micros())) return true;
  limited_.add();
  call->respond(problem(429, "site_quota", "the site sends more requests than its quota", "requestsPerSecond",
                        site->requests_per_second));
  return false;
}

bool Gateway::verifies_users(const std::string& site_id) const {
  const core::Site* site = guard_.directory().site(site_id);
  return site == nullptr || site->verifies_users;
}

void Gateway::read(const CallPtr& call, std::function<void()> work) {
  if (reading_->run(std::move(work))) return;
  busy_.add();
  call->respond(problem(503, "busy", "too many reads wait; try again"));
}

void Gateway::read_settled(const CallPtr& call, std::function<void()> work) {
  read(call, [this, call, work = std::move(work)] {
    if (ports_.engine.settle(std::chrono::milliseconds(options_.read_within))) return work();
    not_settled(call);
  });
}

void Gateway::read_settled(const CallPtr& call, VisitorKey visitor, std::function<void()> work) {
  read(call, [this, call, visitor, work = std::move(work)] {
    if (ports_.engine.settle_visitor(visitor, std::chrono::milliseconds(options_.read_within))) return work();
    not_settled(call);
  });
}

void Gateway::not_settled(const CallPtr& call) {
  busy_.add();
  call->respond(problem(503, "busy", "what is durable is not folded yet; try again"));
}

Admitted Gateway::admit(const RequestHead& head) {
  Admitted admitted;
  if (!takes_events(head)) return admitted;
  const auto refusal =
      admission_.enter(head.body_bytes, !head.is_beacon, ports_.clock.monotonic_micros(), admitted.hold);
  if (!refusal) return admitted;
  ingest_.count_request(503);
  admitted.refusal = overloaded(*refusal);
  allow_origin(*admitted.refusal, head.origin);
  return admitted;
}

bool Gateway::admit_visitor(const CallPtr& call, const VisitorKey& visitor) {
  const auto refusal = admission_.enter_visitor(visitor, call->request.body.size(), call->hold);
  if (refusal) call->respond(overloaded(*refusal));
  return !refusal;
}

HttpResponse Gateway::overloaded(Admission::Refusal why) {
  overloaded_.add();
  HttpResponse refusal = refusals_[static_cast<std::size_t>(why)];
  const auto now = static_cast<std::uint64_t>(ports_.clock.monotonic_micros());
  for (auto& [name, value] : refusal.headers) {
    if (name == "Retry-After") value = std::to_string(1 + now / 7 % kRetryAfterMax);
  }
  return refusal;
}

void Gateway::append(std::vector<core::Record> records, RecordSink::Appended done) {
  const auto begun = ports_.clock.monotonic_micros();
  ports_.log.append(std::move(records), [this, begun, done = std::move(done),
                                         hold = admission_.unsynced(begun)](Result<Receipt> receipt) mutable {
    hold.reset();
    if (!receipt) return done(not_stored(receipt.error()));
    is_storage_failing_ = false;
    ack_seconds_.observe(static_cast<double>(ports_.clock.monotonic_micros() - begun) / 1e6);
    done(std::move(receipt));
  });
}

// Whatever failed the log, the caller kept its events and shall come again: to this server when it has space, or to the
// one that is started after it. What failed, and where, is for the operator.
tl::unexpected<Error> Gateway::not_stored(const Error& why) {
  if (!is_storage_failing_.exchange(true)) telemetry::log_warning("events are refused: " + why.message);
  return fail(ErrorCode::kUnavailable, "not stored; try again");
}

// A 200 for what was appended.
HttpResponse Gateway::acknowledged(std::string body) const {
  HttpResponse response = json_response(std::move(body));
  response.headers.emplace_back("X-Durability", options_.durability);
  return response;
}

core::Record Gateway::record_of(const Call& call, const std::string& visitor, core::RecordBody body) const {
  return {call.caller.site, visitor, ports_.clock.now(), 0, std::move(body)};
}

Result<std::optional<VisitorKey>> Gateway::resolve(const Call& call, const std::string& id) {
  const VisitorKey own = key_of(call, id);
  auto known = ports_.reader.visitor(own);
  if (!known) return pass_on(known);
  // Under a userId, what is kept may be the person alone, whose acts are those of the visitors linked to it.
  const bool has_acted = *known && (*known)->profile.journeys > 0;
  if (has_acted) return std::optional(own);
  auto linked = ports_.reader.visitors_of(call.caller.site, id);
  if (!linked) return pass_on(linked);
  if (linked->empty()) return *known ? std::optional(own) : std::nullopt;
  return std::optional(linked->back());
}

std::vector<VisitorKey> Gateway::keys_of_user(const Call& call, const std::string& user_id) {
  std::vector<VisitorKey> keys{key_of(call, user_id)};
  if (auto linked = ports_.reader.visitors_of(call.caller.site, user_id))
    keys.insert(keys.end(), linked->begin(), linked->end());
  return keys;
}

HttpResponse json_response(std::string body) { return {200, "application/json", std::move(body), {}}; }

}  // namespace handrail::gateway
