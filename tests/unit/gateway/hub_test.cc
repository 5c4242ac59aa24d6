// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub.h"

#include <doctest/doctest.h>

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

}  // namespace
}  // namespace handrail::gateway
