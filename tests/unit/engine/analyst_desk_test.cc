// SPDX-License-Identifier: Apache-2.0
#include "engine/analyst_desk.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <semaphore>

#include "core/analysis/builtin_analyst.h"
#include "tests/support/fake_clock.h"
#include "tests/support/telling_log.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// Says what it is told to; hangs where it is told to, until it is let go.
class FakeAnalyst final : public Analyst {
 public:
  Result<Answer> read(const Digest&, const AnalystRules&, Millis) override {
    asked.release();
    if (hangs) go.acquire();
    const std::lock_guard lock(mutex);
    return answer;
  }
  std::string provider() const override { return "fake"; }
  std::string model() const override { return "oracle"; }
  std::string prompt() const override { return "7"; }
  std::string place() const override { return "nowhere"; }

  std::mutex mutex;  // guards answer
  Result<Answer> answer = Answer{
      {90, "low", {{"failed_submits", "failed_submits"}}, {"offer_callback"}, "any_questions"}, "oracle-2", 800, 100};
  std::atomic<bool> hangs{false};
  std::counting_semaphore<1000> asked{0}, go{0};
};

AnalystDeskOptions one_at_a_time() {
  AnalystDeskOptions options;
  options.in_flight = 1;
  options.prices = {35'000, 140'000};  // Nova Micro
  options.cache_entries = 0;
  return options;
}

struct Desk {
  explicit Desk(const AnalystDeskOptions& options = one_at_a_time()) {
    desk = std::make_unique<AnalystDesk>(options, AnalystDesk::Ports{analyst, sink, clock}, metrics);
  }
  ~Desk() {
    analyst.hangs = false;
    analyst.go.release(100);
    desk->stop();
  }

  void read(const std::string& visitor, bool may_leave = true, std::int64_t failed = 2) {
    Digest digest;
    digest.facts = {{FactName::kFailedSubmits, failed}};
    digest.base = 60;
    const AnalystRules rules;
    Visitor v;
    v.site = "default";
    v.id = visitor;
    Analysis builtin = read_journey(digest, rules);
    builtin.journey = JourneyId{id_of({visitor})};
    builtin.cause = "tab:3";
    builtin.asked_at = clock.now() / 1000;
    builtin.events = 3;
    desk->on_read(v, {digest, rules, builtin, may_leave});
  }
  // Another visitor is read, and what came before is through.
  void through() {
    read("last");
    analyst.asked.acquire();
  }
  double figure(const std::string& series) {
    const std::string text = metrics.render();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  double dropped(const std::string& why) { return figure("handrail_analyst_dropped_total{reason=\"" + why + "\"}"); }
  double failed(const std::string& why) { return figure("handrail_analyst_failed_total{reason=\"" + why + "\"}"); }

  FakeClock clock;
  telemetry::Metrics metrics;
  FakeAnalyst analyst;
  TellingLog sink;
  std::unique_ptr<AnalystDesk> desk;
};

}  // namespace

TEST_CASE("an answer comes as a record: what was true of it, what it cost, and which reading it is about") {
  Desk desk;
  desk.read("anna");
  desk.clock.advance(600);
  desk.desk->start();
  desk.sink.told.acquire();
  desk.desk->stop();
  REQUIRE(desk.sink.taken.size() == 1);
  const Record& record = desk.sink.taken.front();
  CHECK(record.visitor == "anna");
  CHECK(record.received_at == (kStart + 600) * 1000);
  const auto& said = std::get<Analysis>(record.body);
  CHECK(said.journey == JourneyId{id_of({"anna"})});
  CHECK(said.cause == "tab:3");
  CHECK(said.events == 3);
  CHECK(said.exit_risk_score == 90);
  CHECK(said.actions == std::vector<std::string>{"offer_callback"});
  CHECK(said.message == "Any questions? We are glad to help.");
  CHECK(said.source.provider == "fake");
  CHECK(said.source.model == "oracle-2");
  CHECK(said.source.prompt == "7");
  CHECK(said.source.latency == 600);
  CHECK(said.source.nano_dollars == 800 * 35 + 100 * 140);
  CHECK_FALSE(said.source.cached);
  CHECK(desk.figure("handrail_analyst_tokens_total{direction=\"input\"}") == 800);
  CHECK(desk.figure("handrail_analyst_advice_seconds_count") == 1);
}

TEST_CASE("lies are counted by kind and not recorded") {
  Desk desk;
  desk.analyst.answer->reply = {170, "huge", {{"leaving", "exit_intents"}, {"x", "y"}}, {"sell"}, "Buy now!"};
  desk.desk->start();
  desk.through();
  desk.sink.told.acquire();
  desk.desk->stop();
  for (const char* fault : {"score", "engagement", "false_claim", "unknown_claim", "unknown_action", "words_unknown"}) {
    CAPTURE(fault);
    CHECK(desk.figure("handrail_analyst_faults_total{fault=\"" + std::string(fault) + "\"}") == 1);
  }
  const auto& said = std::get<Analysis>(desk.sink.taken.front().body);
  CHECK(said.insights == std::vector<Insight>{{InsightCode::kFailedSubmits, 2}});
  CHECK(said.message.starts_with("Is the form"));
}

TEST_CASE("no facts leave of who does not let them, and none of whose moment is past") {
  Desk desk;
  desk.read("private", false);
  CHECK(desk.desk->waiting() == 0);
  CHECK(desk.dropped("no_consent") == 1);
  desk.read("anna");
  desk.clock.advance(Advice::kHolds + 1);
  desk.desk->start();
  desk.through();
  desk.sink.told.acquire();
  CHECK(desk.dropped("stale") == 1);
  CHECK(desk.sink.taken.front().visitor == "last");
}

TEST_CASE("while a provider hangs, nobody who leaves a journey waits, and what waits is bounded") {
  AnalystDeskOptions options = one_at_a_time();
  options.queue_max = 10;
  Desk desk(options);
  desk.analyst.hangs = true;
  desk.desk->start();
  desk.read("first");
  desk.analyst.asked.acquire();
  for (int i = 0; i < 1000; ++i) desk.read("visitor-" + std::to_string(i));  // would never end if it waited
  CHECK(desk.desk->waiting() == 10);
  CHECK(desk.dropped("queue_full") == 990);
}

TEST_CASE("journeys that read alike are told of from one answer, each checked by its own facts") {
  AnalystDeskOptions options = one_at_a_time();
  options.cache_entries = 10;
  Desk desk(options);
  desk.desk->start();
  desk.read("anna", true, 4);
  desk.sink.told.acquire();
  desk.read("bert", true, 5);  // alike
  desk.sink.told.acquire();
  desk.read("carl", true, 1);  // not
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.figure("handrail_analyst_asked_total") == 2);
  CHECK(desk.figure("handrail_analyst_cached_total") == 1);
  const auto& told = std::get<Analysis>(desk.sink.taken[1].body);
  CHECK(told.source.cached);
  CHECK(told.source.nano_dollars == 0);
  CHECK(told.insights == std::vector<Insight>{{InsightCode::kFailedSubmits, 5}});
  desk.clock.advance(options.cache_holds + 1);
  desk.desk->start();
  desk.read("dora", true, 4);
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.figure("handrail_analyst_asked_total") == 3);
}

TEST_CASE("neither more often than the rate nor for more than the day's money") {
  SUBCASE("the rate") {
    AnalystDeskOptions options = one_at_a_time();
    options.per_minute = 2;
    Desk desk(options);
    for (const char* visitor : {"anna", "bert", "carl"}) desk.read(visitor);
    desk.desk->start();
    desk.sink.told.acquire();
    desk.sink.told.acquire();
    while (desk.desk->waiting() > 0) std::this_thread::yield();
    desk.desk->stop();
    desk.clock.advance(kMinute / 2);
    desk.desk->start();
    desk.read("last");
    desk.sink.told.acquire();
    desk.desk->stop();
    CHECK(desk.dropped("too_often") == 1);
    CHECK(desk.figure("handrail_analyst_asked_total") == 3);
  }
  SUBCASE("the money") {
    AnalystDeskOptions options = one_at_a_time();
    options.nano_dollars_per_day = 50'000;  // one answer costs 42,000
    Desk desk(options);
    for (const char* visitor : {"anna", "bert", "carl"}) desk.read(visitor);
    desk.desk->start();
    desk.sink.told.acquire();
    desk.sink.told.acquire();
    while (desk.desk->waiting() > 0) std::this_thread::yield();
    desk.desk->stop();
    CHECK(desk.dropped("too_dear") == 1);
    CHECK(desk.figure("handrail_analyst_dollars_today") == doctest::Approx(84e-6));
    desk.clock.advance(kDay);
    CHECK(desk.figure("handrail_analyst_dollars_today") == 0);
  }
}

TEST_CASE("refusals and silence are counted; after five in a row the provider is left alone, then tried once") {
  const std::pair<ErrorCode, const char*> answers[] = {{ErrorCode::kTimeout, "timeout"},
                                                       {ErrorCode::kUnavailable, "unavailable"},
                                                       {ErrorCode::kLimitExceeded, "throttled"},
                                                       {ErrorCode::kInvalidArgument, "refused"},
                                                       {ErrorCode::kCorrupt, "nonsense"}};
  Desk desk;
  desk.desk->start();
  for (const auto& [code, reason] : answers) {
    {
      const std::lock_guard lock(desk.analyst.mutex);
      desk.analyst.answer = fail(code, "no");
    }
    desk.read(reason);
    desk.analyst.asked.acquire();
  }
  desk.desk->stop();
  for (const auto& [code, reason] : answers) CHECK(desk.failed(reason) == 1);
  CHECK(desk.sink.taken.empty());
  CHECK(desk.figure("handrail_analyst_breaker") == 2);
  desk.read("refused");
  CHECK(desk.dropped("breaker_open") == 1);
  desk.clock.advance(30 * kSecond);
  desk.analyst.answer = Analyst::Answer{{50, "low", {}, {}, ""}, "oracle", 1, 1};
  desk.desk->start();
  desk.read("tried");
  desk.sink.told.acquire();
  desk.desk->stop();
  CHECK(desk.figure("handrail_analyst_breaker") == 0);
}
