// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/page.h"

#include <boost/json.hpp>
#include <utility>

namespace handrail::test {
namespace {

namespace json = boost::json;

constexpr Millis kAnswerWithin = 3 * kSecond;
constexpr Millis kPollWithin = 28 * kSecond;

gateway::HttpRequest request_to(gateway::Method method, const std::string& path, std::string_view user_agent) {
  gateway::HttpRequest request;
  request.method = method;
  request.path = path;
  request.peer = "127.0.0.1";
  request.headers.add("host", "127.0.0.1:8080");
  request.headers.add("user-agent", user_agent);
  return request;
}

}  // namespace

Page::Page(World world, std::uint32_t index, Listening listening, std::string person)
    : world_(world),
      index_(index),
      listening_(listening),
      person_(std::move(person)),
      id_(world.population.visitor(index).anonymous_id()) {}

// --- sending -------------------------------------------------------------------------------------------------------

void Page::post(const LetterPtr& letter) {
  auto request = request_to(gateway::Method::kPost, letter->path, world_.population.visitor(index_).user_agent());
  request.headers.add("content-type", "application/json");
  request.body = letter->body();
  const int attempt = ++letter->attempt;
  const auto answered = [this, letter, attempt](int status, const std::string& body) {
    on_answer(letter, attempt, status, body);
  };
  world_.network.send(request, {answered, nullptr, nullptr});
  world_.schedule.after(kAnswerWithin, [answered] { answered(0, ""); });
}

void Page::on_answer(const LetterPtr& letter, int attempt, int status, const std::string& body) {
  if (letter->attempt != attempt) return;  // of an earlier attempt, or the second of two
  ++letter->attempt;
  if (status == 200) return letter->done(body);
  const bool is_to_be_repeated = status == 0 || (status == 503 && body.find("/data/") == std::string::npos);
  if (!is_to_be_repeated)
    world_.faults.push_back(letter->path + ": refused with " + std::to_string(status) + " " + body);
  world_.schedule.within(100, 1500, [this, letter] { post(letter); });
}

void Page::push(simulate::Batch batch) {
  letters_.push_back(std::move(batch));
  if (letters_.size() == 1) send_next();
  if (world_.schedule.random.chance(15)) send_foreign();
}

void Page::send_next() {
  if (letters_.empty()) return;
  post(std::make_shared<Letter>(Letter{"/h/e",
                                       [this] {
                                         letters_.front().send_at = world_.schedule.now() - world_.epoch;
                                         return body_of(letters_.front(), world_.population.visitor(index_),
                                                        world_.epoch);
                                       },
                                       [this](const std::string& answer) {
                                         acknowledge(letters_.front(), answer);
                                         letters_.pop_front();
                                         send_next();
                                       }}));
}

void Page::acknowledge(const simulate::Batch& batch, const std::string& answer) {
  if (answer.find("\"rejected\":0") == std::string::npos) world_.faults.push_back(id_ + ": rejected: " + answer);
  auto& seqs = acknowledged_[world_.population.visitor(index_).tab_id(batch.events.front().tab)];
  for (const simulate::SimulatedEvent& event : batch.events) seqs.insert(event.seq);
}

// Events of the site's own code travel beside the SDK's batches, and may be sent twice under one id.
void Page::send_foreign() {
  const std::string event_id = id_ + "-f" + std::to_string(++foreign_);
  const std::string user = person_.empty() ? "anonymous" : person_;
  const auto attempts = world_.schedule.random.between(2, 5);
  const UnixMillis at = world_.schedule.now();
  const std::string body =
      json::serialize(json::object{{"eventType", "struggle_signal"},
                                   {"eventId", event_id},
                                   {"userId", user},
                                   {"anonymousId", id_},
                                   {"sessionId", "s-" + id_},
                                   {"timestamp", at},
                                   {"eventData", json::object{{"feature", "search"}, {"attemptCount", attempts}}}});
  const int times = world_.schedule.random.chance(40) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    ++undelivered_;
    auto letter = std::make_shared<Letter>(Letter{"/api/events/track", [body] { return body; },
                                                  [this, event_id](const std::string&) {
                                                    --undelivered_;
                                                    acknowledged_foreign_.insert(event_id);
                                                  }});
    world_.schedule.within(0, i * 4000, [this, letter] { post(letter); });
  }
}

// --- listening -----------------------------------------------------------------------------------------------------

void Page::open() {
  if (listening_ != Listening::kDeaf) world_.schedule.within(0, 2000, [this] { connect(); });
}

void Page::connect() {
  const std::uint64_t connection = ++connection_;
  heard_here_.clear();
  auto request = request_to(gateway::Method::kGet, "/v1/stream", world_.population.visitor(index_).user_agent());
  request.query = "anonymousId=" + id_;
  if (listening_ == Listening::kPoll) {
    request.headers.add("accept", "application/json");
    const auto answered = [this, connection](int status, const std::string& body) {
      on_poll(connection, status, body);
    };
    world_.network.connect(request, {answered, nullptr, nullptr});
    return world_.schedule.after(kPollWithin, [answered] { answered(0, ""); });
  }
  world_.network.connect(request, {[this, connection](int status, const std::string&) {
                                     if (connection != connection_) return;
                                     if (status != 200) return disconnected(connection);
                                     connected_.push_back({world_.schedule.now()});
                                   },
                                   [this, connection](const std::string& event, const std::string& data) {
                                     if (connection == connection_) on_event(event, data);
                                   },
                                   [this, connection] { disconnected(connection); }});
}

void Page::disconnected(std::uint64_t connection) {
  if (connection != connection_) return;
  ++connection_;
  if (!connected_.empty()) connected_.back().to = std::min(connected_.back().to, world_.schedule.now());
  world_.schedule.within(50, 1500, [this] { connect(); });
}

void Page::on_poll(std::uint64_t connection, int status, const std::string& body) {
  if (connection != connection_) return;
  ++connection_;
  if (status == 200) {
    const json::value answer = json::parse(body);
    for (const json::value& event : answer.at("events").as_array())
      on_event(std::string(event.at("event").as_string()), json::serialize(event.at("data")));
  }
  world_.schedule.within(20, 800, [this] { connect(); });
}

void Page::on_event(const std::string& event, const std::string& data) {
  if (event != "intervention" && event != "retracted") return;
  const json::value parsed = json::parse(data);
  const std::string id(parsed.at("interventionId").as_string());
  if (event == "retracted") {
    offers_[id] = true;
    return;
  }
  if (!heard_here_.insert(id).second) world_.faults.push_back(id_ + ": told twice over one stream of " + id);
  const bool is_new = offers_.emplace(id, false).second;
  if (is_new && parsed.at("state").as_string() == "pending") on_offer(id);
}

// --- offers --------------------------------------------------------------------------------------------------------

void Page::on_offer(const std::string& id) {
  world_.schedule.within(100, 4000, [this, id] {
    if (!offers_[id]) show(id);
  });
}

void Page::show(const std::string& id) {
  answer(id, "displayed", R"(,"waitedMs":120)", [this, id] { displayed_.insert(id); });
  respond(id);
}

void Page::respond(const std::string& id) {
  simulate::Visitor& visitor = world_.population.visitor(index_);
  const simulate::OfferResponse response = visitor.respond();
  if (response.response == simulate::Response::kIgnore) return;
  static const std::map<simulate::Response, std::string> kWords = {{simulate::Response::kAccept, "accepted"},
                                                                   {simulate::Response::kDismiss, "dismissed"},
                                                                   {simulate::Response::kSnooze, "snoozed"}};
  if (response.response == simulate::Response::kAccept) visitor.take_help();
  const std::string more = response.forever ? R"(,"forever":true)" : "";
  world_.schedule.after(response.after,
                        [this, id, what = kWords.at(response.response), more] { answer(id, what, more, [] {}); });
}

void Page::answer(const std::string& id, const std::string& what, const std::string& more, std::function<void()> done) {
  ++undelivered_;
  post(std::make_shared<Letter>(Letter{"/v1/interventions/" + id + "/" + what,
                                       [this, more] { return "{\"anonymousId\":\"" + id_ + "\"" + more + "}"; },
                                       [this, done = std::move(done)](const std::string&) {
                                         --undelivered_;
                                         done();
                                       }}));
}

}  // namespace handrail::test
