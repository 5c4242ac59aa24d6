// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "apps/commands.h"
#include "apps/http_client.h"

namespace handrail {
namespace {

namespace json = boost::json;
using Steady = std::chrono::steady_clock;

double ms_between(Steady::time_point from, Steady::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

// The mission's example: a visitor opens the calculator, works with it 15 s later, and struggles 15 s after that. The
// clock of the story is in the events' own times, so that it need not take half a minute to tell.
class Story {
 public:
  Story(const std::string& host, std::uint16_t port)
      : host_(host), port_(port), client_(host, port), stream_(host, port) {}

  int play() {
    user_ = "story-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count() / 1000);
    if (auto opened = stream_.open_stream("/v1/stream?userId=" + user_); !opened) return give_up(opened.error());
    fmt::print("\nThe mission's story, played against this server (visitor {}):\n\n", user_);
    const bool told =
        tell(0, "page_view", R"({"feature":"loan-calculator"})", "opens the loan calculator") &&
        tell(15, "feature_interaction", R"({"feature":"loan-calculator","attemptCount":1})", "works with it");
    if (!told) return kFailed;
    const auto sent_at = Steady::now();
    if (!tell(30, "struggle_signal", R"({"feature":"loan-calculator","attemptCount":3})", "struggles: third attempt"))
      return kFailed;
    return offer_after(sent_at);
  }

 private:
  int give_up(const Error& error) {
    fmt::print(stderr, "handrail: the story broke off: {}\n", error.message);
    return kFailed;
  }

  bool tell(int at_s, const char* type, const char* data, const char* words) {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    const std::string body = fmt::format(
        R"({{"eventId":"{}-{}","eventType":"{}","userId":"{}","sessionId":"{}","timestamp":{},"eventData":{}}})", user_,
        at_s, type, user_, user_, now, data);
    const auto begun = Steady::now();
    auto answer = client_.post("/api/events/track", body);
    if (!answer) return give_up(answer.error()) == kOk;
    if (answer->status != 200) return give_up({ErrorCode::kInternal, "the server answered " + answer->body}) == kOk;
    fmt::print("  0:{:02}  sent      {:<20} {:<28} durable after {:.1f} ms\n", at_s, type, words,
               ms_between(begun, Steady::now()));
    return true;
  }

  int offer_after(Steady::time_point sent_at) {
    while (true) {
      auto event = stream_.next_event(5000);
      if (!event) return give_up(event.error());
      if (!*event) return give_up({ErrorCode::kTimeout, "no offer within 5 s"});
      if ((*event)->event != "intervention") continue;
      const double took = ms_between(sent_at, Steady::now());
      return show(json::parse((*event)->data), took);
    }
  }

  int show(const json::value& offer, double took_ms) {
    HttpClient reader(host_, port_);
    auto answer = reader.get("/v1/visitors/" + user_ + "/decisions?limit=1");
    if (!answer) return give_up(answer.error());
    const json::value page = json::parse(answer->body);
    const json::object& decision = page.at("items").as_array().at(0).as_object();
    for (const json::value& reason : decision.at("contributions").as_array()) {
      fmt::print("        seen      {:<20} {} points\n", text_of(reason.at("words")), text_of(reason.at("points")));
    }
    fmt::print("        struggle  {}, risk {} ({})\n", text_of(decision.at("struggle")), text_of(decision.at("risk")),
               text_of(decision.at("level")));
    fmt::print("        decision  {}\n", decision.at("outcome") == "offer" ? "offer a live chat" : "no offer");
    for (const json::value& gate : decision.at("gates").as_array()) {
      fmt::print("                  {} {:<12} {}\n", gate.at("verdict") == "pass" ? "✓" : "✗", text_of(gate.at("gate")),
                 text_of(gate.at("detail")));
    }
    fmt::print("        offer     \"{}\" on the visitor's page {:.1f} ms after the struggle was sent\n",
               text_of(offer.at("strings").at("title")), took_ms);
    fmt::print("\nFrom struggle to help: {:.1f} ms, one fdatasync on the way. (The original took 11 s.)\n", took_ms);
    (void)client_.post("/v1/interventions/" + text_of(offer.at("interventionId")) + "/displayed",
                       fmt::format(R"({{"userId":"{}","waitedMs":0}})", user_));
    return kOk;
  }

  std::string host_;
  std::uint16_t port_;
  HttpClient client_;
  HttpClient stream_;
  std::string user_;
};

}  // namespace

int play_story(const std::string& host, std::uint16_t port) { return Story{host, port}.play(); }

}  // namespace handrail
