// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub.h"

#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "tests/support/fake_clock.h"

namespace handrail::gateway {
namespace {

class HeardStream final : public EventStream {
 public:
  bool send(std::string_view event, std::string_view data, std::string_view) override {
    heard.emplace_back(std::string(event) + " " + std::string(data));
    return open;
  }
  void close() override { open = false; }
  bool is_open() const override { return open; }
  void on_close(std::function<void()>) override {}

  std::vector<std::string> heard;
  bool open = true;
};

std::vector<std::string> goodbyes(Comeback comeback, int pages) {
  const test::FakeClock clock;
  telemetry::Metrics metrics;
  Hub hub({}, clock, metrics);
  std::vector<std::shared_ptr<HeardStream>> streams;
  for (int i = 0; i < pages; ++i) {
    streams.push_back(std::make_shared<HeardStream>());
    hub.add_page("default", {VisitorKey({0, static_cast<std::uint64_t>(i)})}, "", streams.back());
  }
  hub.say_goodbye(comeback);
  std::vector<std::string> heard;
  for (const auto& stream : streams) {
    REQUIRE(stream->heard.size() == 1);
    CHECK(!stream->open);
    heard.push_back(stream->heard.front());
  }
  return heard;
}

TEST_CASE("pages that are sent away come back spread evenly, so that who takes them is not overrun") {
  const auto heard = goodbyes({100, 1100}, 4);
  const std::set<std::string> wanted{R"(bye {"retryMs":100})", R"(bye {"retryMs":350})", R"(bye {"retryMs":600})",
                                     R"(bye {"retryMs":850})"};
  CHECK(std::set<std::string>(heard.begin(), heard.end()) == wanted);
}

TEST_CASE("pages of the only server come back when it may be up again") {
  for (const std::string& one : goodbyes({2000, 2000}, 3)) CHECK(one == R"(bye {"retryMs":2000})");
}

core::Intervention offer_with(const std::string& message, core::OfferState state) {
  core::Intervention offer;
  offer.id = InterventionId{{1, 2}};
  offer.site = "default";
  offer.state = state;
  offer.expires_at = std::numeric_limits<UnixMillis>::max();
  offer.message = message;
  return offer;
}

TEST_CASE("a page is told of better words for an offer, until it is displayed; of the same ones once") {
  const test::FakeClock clock;
  telemetry::Metrics metrics;
  Hub hub({}, clock, metrics);
  hub.set_post([](const std::function<void()>& task) { task(); });
  const VisitorKey visitor({0, 1});
  const auto page = std::make_shared<HeardStream>();
  hub.add_page("default", {visitor}, "", page);
  const auto tell = [&](const char* message, core::OfferState state) {
    hub.publish({{visitor, InterventionNews{offer_with(message, state), 0}}});
  };
  tell("Stuck?", core::OfferState::kPending);
  tell("Stuck?", core::OfferState::kPending);
  REQUIRE(page->heard.size() == 1);
  tell("Is the form difficult?", core::OfferState::kPending);
  REQUIRE(page->heard.size() == 2);
  CHECK(page->heard.back().starts_with("intervention "));
  CHECK(page->heard.back().find("Is the form difficult?") != std::string::npos);
  tell("Something else", core::OfferState::kDisplayed);
  tell("Late", core::OfferState::kPending);
  CHECK(page->heard.size() == 2);
  CHECK(metrics.render().find("handrail_interventions_pushed_total 1\n") != std::string::npos);
}

}  // namespace
}  // namespace handrail::gateway
