// SPDX-License-Identifier: Apache-2.0
#include "apps/simulation.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>

#include "apps/http_client.h"

// Sending: each batch at its intended time, one at a time per visitor, tried again until it is durable.
namespace handrail {
namespace {

namespace json = boost::json;

constexpr Millis kDrain = 30 * kSecond;
constexpr Millis kStreamsWithin = 20 * kSecond;
constexpr std::uint32_t kStreamsAtOnce = 64;
constexpr Millis kBackoffMost = 8 * kSecond;

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

std::uint64_t& of_tab(std::vector<std::uint64_t>& by_tab, std::uint32_t tab) {
  if (by_tab.size() <= tab) by_tab.resize(tab + 1);
  return by_tab[tab];
}

std::uint64_t number_after(const std::string& body, std::string_view name) {
  const std::size_t at = body.find(name);
  return at == std::string::npos ? 0 : std::strtoull(body.c_str() + at + name.size(), nullptr, 10);
}

}  // namespace

Simulation::Simulation(SimulationOptions options)
    : options_(std::move(options)),
      population_(options_.population),
      batches_(population_, options_.batch),
      fleet_(options_.host, options_.port, options_.connections),
      random_(options_.population.seed),
      begun_(Steady::now()),
      letters_(population_.size()),
      ledgers_(population_.size()) {}

Simulation::~Simulation() {
  if (record_ != nullptr) std::fclose(record_);
}

Result<void> Simulation::prepare() {
  raise_descriptor_limit();
  next_ = batches_.next();
  HttpClient client(options_.host, options_.port);
  const std::string& first = population_.visitor(next_ ? next_->visitor : 0).anonymous_id();
  auto known = client.get("/v1/visitors/" + first + "/events?limit=1");
  if (!known) return pass_on(known);
  if (known->status == 200)
    return fail(ErrorCode::kConflict, "this server has met the visitors of this seed (" + first +
                                          "); take another --seed, or a server with empty data");
  if (known->status != 404)
    return fail(ErrorCode::kUnavailable, "the server answers " + std::to_string(known->status) + " to a reader");
  if (!options_.record.empty()) {
    record_ = std::fopen(options_.record.c_str(), "w");
    if (record_ == nullptr)
      return fail(ErrorCode::kInvalidArgument, options_.record + ": " + std::strerror(errno), "record");
  }
  return open_streams();
}

Result<void> Simulation::open_streams() {
  const auto deadline = Steady::now() + std::chrono::milliseconds(kStreamsWithin);
  for (std::uint32_t i = 0; i < options_.streams; ++i) {
    auto opened = fleet_.listen("/v1/stream?anonymousId=" + population_.visitor(i).anonymous_id(),
                                [this, i](std::string_view event, std::string_view data) {
                                  if (event != "intervention") return;
                                  const json::value offer = json::parse(std::string(data));
                                  on_offer(i, std::string(offer.at("interventionId").as_string()));
                                });
    if (!opened) return opened;
    if (i % kStreamsAtOnce == 0) fleet_.work(Steady::now() + std::chrono::milliseconds(1));
  }
  while (fleet_.streams_open() + fleet_.streams_lost() < options_.streams && Steady::now() < deadline)
    fleet_.work(Steady::now() + std::chrono::milliseconds(10));
  if (fleet_.streams_open() < options_.streams)
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("only {} of {} streams could be opened (server.connections_max, or the limit of open files)",
                    fleet_.streams_open(), options_.streams));
  return {};
}

// --- time
// --------------------------------------------------------------------------------------------------------------

std::int64_t Simulation::now_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begun_).count();
}

void Simulation::at(Millis when, std::function<void()> work) { timers_.push({when, timer_number_++, std::move(work)}); }

void Simulation::run_timers() {
  while (!timers_.empty() && timers_.top().at <= now()) {
    auto work = timers_.top().work;
    timers_.pop();
    work();
  }
}

void Simulation::send_due() {
  while (next_ && next_->send_at * 1000 <= now_us()) {
    const std::uint32_t visitor = next_->visitor;
    post(visitor, std::move(*next_));
    next_ = batches_.next();
  }
}

void Simulation::work_until(Millis when) {
  if (next_) when = std::min(when, next_->send_at);
  if (!timers_.empty()) when = std::min(when, timers_.top().at);
  fleet_.work(begun_ + std::chrono::milliseconds(when));
}

std::string Simulation::so_far() const {
  return fmt::format("{} events sent, {} on their way, ack p99 {:.1f} ms, {} offers", result_.events, undelivered_,
                     result_.ack.quantile_ms(.99), result_.offers);
}

void Simulation::run() {
  using std::chrono::system_clock;
  Progress progress("simulating");
  const Millis duration = options_.population.duration;
  begun_ = Steady::now();
  epoch_ = std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
  while (next_) {
    send_due();
    run_timers();
    work_until(now() + 100);
    progress.at(static_cast<double>(now()) / static_cast<double>(duration), so_far());
  }
  result_.seconds = static_cast<double>(std::max<std::int64_t>(now_us(), 1)) / 1e6;
  drain(progress);
  if (record_ != nullptr) std::fclose(std::exchange(record_, nullptr));
  sum_up();
}

// What is on its way arrives, and what visitors were about to do with their offers is done.
void Simulation::drain(Progress& progress) {
  const Millis until = now() + kDrain;
  while ((undelivered_ > 0 || !timers_.empty() || fleet_.unanswered() > 0) && now() < until) {
    run_timers();
    work_until(std::min(until, now() + 100));
    progress.at(1, so_far());
  }
  is_over_ = true;
  timers_ = {};
  for (const Millis settled = now() + options_.settle; now() < settled;) work_until(std::min(settled, now() + 100));
}

// --- events
// ------------------------------------------------------------------------------------------------------------

void Simulation::post(std::uint32_t visitor, simulate::Batch batch) {
  result_.events += batch.events.size();
  ++result_.requests;
  ++undelivered_;
  const simulate::Visitor& who = population_.visitor(visitor);
  if (record_ != nullptr) record(batch.send_at, "/h/e", who.user_agent(), body_of(batch, who, 0));
  Ledger& ledger = ledgers_[visitor];
  for (const simulate::SimulatedEvent& event : batch.events) {
    of_tab(ledger.sent, event.tab) = event.seq;
    if (visitor < options_.streams)
      ledger.intended.emplace(who.tab_id(event.tab) + ":" + std::to_string(event.seq), batch.send_at * 1000);
  }
  letters_[visitor].push_back({std::move(batch)});
  if (letters_[visitor].size() == 1) attempt(visitor);
}

void Simulation::attempt(std::uint32_t visitor) {
  Letter& letter = letters_[visitor].front();
  ++letter.tries;
  ++result_.attempts;
  simulate::Batch batch = letter.batch;
  batch.send_at = now();  // sentAt is the time of this very attempt
  const simulate::Visitor& who = population_.visitor(visitor);
  fleet_.ask({"POST", "/h/e", body_of(batch, who, epoch_), std::string(who.user_agent())},
             [this, visitor](HttpFleet::Answer answer) { on_answer(visitor, std::move(answer)); });
}

void Simulation::on_answer(std::uint32_t visitor, HttpFleet::Answer answer) {
  ++result_.statuses[answer.status];
  Letter& letter = letters_[visitor].front();
  if (answer.status == 200) {
    result_.ack.add_micros(now_us() - letter.batch.send_at * 1000);
    return on_accepted(visitor, answer.body);
  }
  ledgers_[visitor].has_unknown |= may_be_kept(answer.status);
  if (!is_over_) at(now() + pause_after(answer, letter.tries), [this, visitor] { attempt(visitor); });
}

void Simulation::on_accepted(std::uint32_t visitor, const std::string& body) {
  auto& letters = letters_[visitor];
  result_.accepted += number_after(body, "\"accepted\":");
  result_.rejected += number_after(body, "\"rejected\":");
  const auto& last = letters.front().batch.events.back();
  of_tab(ledgers_[visitor].acknowledged, last.tab) = last.seq;
  letters.pop_front();
  --undelivered_;
  if (!letters.empty()) attempt(visitor);
}

// Not accepted, and perhaps kept all the same: nobody answered, or a proxy for a server that did not.
bool Simulation::may_be_kept(int status) const {
  return status == 0 || status == 502 || status == 504 || (status == 503 && options_.settle > 0);
}

// Full jitter, and never sooner than the server asked for: as the SDK does it.
Millis Simulation::pause_after(const HttpFleet::Answer& answer, int tries) {
  const Millis ceiling = std::min(kBackoffMost, kSecond << std::min(tries - 1, 3));
  return std::max<Millis>(answer.retry_after_s * kSecond, random_.below(ceiling));
}

void Simulation::record(Millis at, const std::string& path, std::string_view user_agent, const std::string& body) {
  fmt::print(record_,
             R"({{"at":{},"path":"{}","userAgent":"{}","body":{}}})"
             "\n",
             at, path, user_agent, body);
}

// --- offers
// ------------------------------------------------------------------------------------------------------------

void Simulation::on_offer(std::uint32_t visitor, const std::string& id) {
  auto& offers = ledgers_[visitor].offers;
  if (std::any_of(offers.begin(), offers.end(), [&](const Ledger::Offer& o) { return o.id == id; })) {
    ++result_.pushed_twice;  // a page drops what it knows
    return;
  }
  ++result_.offers;
  offers.push_back({id, now_us()});
  const std::size_t offer = offers.size() - 1;
  answer_offer(visitor, offer, "displayed",
               fmt::format(R"({{"anonymousId":"{}","waitedMs":0}})", population_.visitor(visitor).anonymous_id()));
  respond(visitor, offer);
}

void Simulation::respond(std::uint32_t visitor, std::size_t offer) {
  const simulate::OfferResponse response = population_.visitor(visitor).respond();
  ++result_.responses[static_cast<std::size_t>(response.response)];
  if (response.response == simulate::Response::kIgnore) return;
  at(now() + response.after, [this, visitor, offer, response] {
    simulate::Visitor& who = population_.visitor(visitor);
    const bool accepts = response.response == simulate::Response::kAccept;
    if (accepts) who.take_help();
    if (accepts) ++result_.states[static_cast<std::size_t>(who.state())].accepted;
    const std::string forever = response.forever ? R"(,"forever":true)" : "";
    answer_offer(visitor, offer, std::string(name_of(response.response)),
                 fmt::format(R"({{"anonymousId":"{}"{}}})", who.anonymous_id(), forever));
  });
}

void Simulation::answer_offer(std::uint32_t visitor, std::size_t offer, const std::string& what,
                              const std::string& body, int tries) {
  const std::string path = "/v1/interventions/" + ledgers_[visitor].offers[offer].id + "/" + what;
  if (record_ != nullptr && tries == 0) record(now(), path, population_.visitor(visitor).user_agent(), body);
  fleet_.ask({"POST", path, body, ""}, [this, visitor, offer, what, body, tries](const HttpFleet::Answer& answer) {
    Ledger& ledger = ledgers_[visitor];
    if (answer.status == 200 && what == "displayed") ledger.offers[offer].is_displayed = true;
    ledger.has_unknown |= may_be_kept(answer.status);
    const bool again = answer.status == 0 || answer.status == 429 || answer.status >= 500;
    if (!again || is_over_) return;
    at(now() + pause_after(answer, tries + 1),
       [this, visitor, offer, what, body, tries] { answer_offer(visitor, offer, what, body, tries + 1); });
  });
}

void Simulation::sum_up() {
  result_.undelivered = undelivered_;
  result_.streams = fleet_.streams_open();
  result_.streams_lost = fleet_.streams_lost();
  for (std::uint32_t i = 0; i < population_.size(); ++i) {
    if (ledgers_[i].acknowledged.empty()) continue;
    const simulate::Visitor& who = population_.visitor(i);
    auto& state = result_.states[static_cast<std::size_t>(who.state())];
    ++state.visitors;
    state.goals += who.reached_goal() ? 1 : 0;
    state.offered += ledgers_[i].offers.empty() ? 0 : 1;
  }
}

}  // namespace handrail
