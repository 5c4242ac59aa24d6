// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>

#include "adapters/memory/memory_log.h"
#include "adapters/segments/segments_log.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

// The contract of EventLog, on every log there is.
using namespace handrail;
using namespace handrail::test;

namespace {

struct Logs {
  FakeClock clock;
  TemporaryFolder folder;
  std::unique_ptr<EventLog> log;
  std::function<std::unique_ptr<EventLog>()> reopen;  // empty where the log does not outlive the process
};

std::unique_ptr<EventLog> open_segments(Logs& logs) {
  segments::LogOptions options;
  options.folder = logs.folder.path();
  options.segment_bytes = 1 << 20;
  options.block_bytes_max = 256 << 10;
  auto log = segments::SegmentsLog::open(options, logs.clock);
  REQUIRE(log);
  return std::move(*log);
}

void on_every_log(const std::function<void(Logs&)>& test) {
  SUBCASE("memory") {
    Logs logs;
    logs.log = std::make_unique<MemoryLog>(logs.clock);
    test(logs);
  }
  SUBCASE("segments") {
    Logs logs;
    logs.log = open_segments(logs);
    logs.reopen = [&logs] {
      logs.log.reset();
      return open_segments(logs);
    };
    test(logs);
  }
}

Offset append(EventLog& log, std::vector<Record> records) {
  std::promise<Result<Receipt>> done;
  log.append(std::move(records), [&](Result<Receipt> receipt) { done.set_value(std::move(receipt)); });
  auto receipt = done.get_future().get();
  REQUIRE(receipt);
  REQUIRE(receipt->first);
  return *receipt->first;
}

std::vector<LogEntry> read_all(EventLog& log, Partition partition = {}) {
  std::vector<LogEntry> all;
  Offset from = log.begin();
  while (from < log.end()) {
    auto batch = log.read(from, partition, 1000);
    REQUIRE(batch);
    REQUIRE(batch->next > from);
    from = batch->next;
    std::move(batch->entries.begin(), batch->entries.end(), std::back_inserter(all));
  }
  return all;
}

Record foreign(Visit& v, Millis at, std::string id) {
  Record r = v.page(at);
  auto& event = std::get<Event>(r.body);
  event.tab_id.clear();
  event.id = std::move(id);
  return r;
}

}  // namespace

TEST_CASE("records come back in order, with dense offsets, as they were") {
  on_every_log([](Logs& logs) {
    Visit v("a");
    std::vector<std::string> bytes;
    for (int i = 0; i < 200; ++i) {
      const Record r = v.page(i);
      bytes.push_back(encode(r));
      CHECK(append(*logs.log, {r}) == static_cast<Offset>(i));
    }
    const auto all = read_all(*logs.log);
    REQUIRE(all.size() == 200);
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].offset == i);
      REQUIRE(all[i].record);
      CHECK(encode(*all[i].record) == bytes[i]);
    }
  });
}

TEST_CASE("a batch is appended together, and reading can begin inside it") {
  on_every_log([](Logs& logs) {
    Visit v("a");
    append(*logs.log, {v.page(0), v.page(1), v.page(2)});
    CHECK(logs.log->end() == 3);
    auto batch = logs.log->read(1, {}, 1 << 20);
    REQUIRE(batch);
    REQUIRE(batch->entries.size() == 2);
    CHECK(batch->entries[0].offset == 1);
    CHECK(batch->next == 3);
  });
}

TEST_CASE("each partition gets its own visitors and every control entry") {
  on_every_log([](Logs& logs) {
    for (int i = 0; i < 30; ++i) append(*logs.log, {Visit("v" + std::to_string(i)).page(0)});
    append(*logs.log, {Record{"default", "", 0, 0, AgentAvailability{"Maya", true, 1}}});
    std::size_t seen = 0;
    for (std::uint32_t p = 0; p < 3; ++p) {
      const auto entries = read_all(*logs.log, {p, 3});
      CHECK(entries.back().record->is_control());
      for (const LogEntry& e : entries) CHECK((e.record->is_control() || Partition{p, 3}.owns(e.key)));
      seen += entries.size() - 1;
    }
    CHECK(seen == 30);
  });
}

TEST_CASE("a visitor's records are found, newest first, below an offset") {
  on_every_log([](Logs& logs) {
    Visit a("a");
    Visit b("b");
    for (int i = 0; i < 50; ++i) append(*logs.log, {a.page(i), b.page(i)});
    auto newest = logs.log->read_visitor(a.key(), UINT64_MAX, 3);
    REQUIRE(newest);
    REQUIRE(newest->size() == 3);
    CHECK((*newest)[0].offset == 98);
    CHECK((*newest)[1].offset == 96);
    auto older = logs.log->read_visitor(a.key(), 96, 500);
    REQUIRE(older);
    CHECK(older->size() == 48);
    CHECK(logs.log->read_visitor(Visit("nobody").key(), UINT64_MAX, 3)->empty());
  });
}

TEST_CASE("foreign ids are exact: the visitor's own, below the offset, since a time") {
  on_every_log([](Logs& logs) {
    Visit a("a");
    Visit b("b");
    const Record first = foreign(a, 0, "e1");
    append(*logs.log, {first});
    append(*logs.log, {foreign(a, 1, "e2")});
    append(*logs.log, {foreign(b, 1, "e3")});
    std::vector<ActiveSpan> spans{{0, 2, kStart}};
    const auto holds = [&](const Record& record, Offset below, UnixMillis since) {
      return *logs.log->holds_foreign_id(record, spans, below, since);
    };
    CHECK(holds(first, 3, 0));
    CHECK_FALSE(holds(first, 0, 0));                // only itself
    CHECK_FALSE(holds(foreign(b, 0, "e1"), 3, 0));  // another visitor's
    CHECK_FALSE(holds(foreign(a, 0, "e9"), 3, 0));  // never seen
    CHECK_FALSE(holds(first, 3, kStart + kDay));    // too old to count
    CHECK_FALSE(holds(a.page(0), 3, 0));            // an SDK fact needs none
    spans = {{1, 2, kStart}};
    CHECK_FALSE(holds(first, 3, 0));  // where the visitor was, it was not
    spans = {{1, 1, kStart}, {0, 0, kStart}};
    CHECK(holds(first, 3, 0));
    Record redriven = first;
    redriven.attempt = 1;
    CHECK_FALSE(holds(redriven, 3, 0));
  });
}

TEST_CASE("who is erased is gone from every read, offsets stay, and what came after is kept") {
  on_every_log([](Logs& logs) {
    Visit a("erased-visitor");
    Visit b("b");
    append(*logs.log, {a.page(0), b.page(1), a.page(2)});
    Event foreign;
    foreign.id = "foreign-1";
    foreign.anonymous_id = a.visitor();
    const Offset with_id = append(*logs.log, {a.record(3, foreign)});
    const Offset later = append(*logs.log, {a.page(4), b.page(5)});
    const Erased gone{a.key(), later};
    const auto check_all = [&] {
      const auto entries = read_all(*logs.log);
      REQUIRE(entries.size() == 3);
      CHECK(entries[0].offset == 1);
      CHECK(entries[1].offset == later);
      CHECK(entries[2].offset == later + 1);
      for (const LogEntry& entry : entries) CHECK(entry.record);
      CHECK(logs.log->end() == later + 2);
      CHECK(logs.log->read_visitor(a.key(), INT64_MAX, 10)->size() == 1);
      CHECK(logs.log->read_visitor(b.key(), INT64_MAX, 10)->size() == 2);
      const ActiveSpan span{0, with_id, 0};
      CHECK_FALSE(*logs.log->holds_foreign_id(a.record(9, foreign), std::span(&span, 1), with_id + 1, 0));
    };
    for (int times = 0; times < 2; ++times) {
      REQUIRE(logs.log->erase(std::span(&gone, 1)));
      check_all();
    }
    if (!logs.reopen) return;
    logs.log = logs.reopen();
    check_all();
    append(*logs.log, {b.page(6)});
    CHECK(read_all(*logs.log).back().offset == later + 2);
    logs.log.reset();
    for (const auto& item : std::filesystem::directory_iterator(logs.folder.path())) {
      std::ifstream in(item.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      if (bytes.find("erased-visitor") == std::string::npos) continue;
      CHECK(item.path().filename() == "00000000000000000000.seg");  // the one that came after
    }
  });
}

TEST_CASE("waiting ends with an append, a wake, or the span") {
  on_every_log([](Logs& logs) {
    logs.log->wait_beyond(0, std::chrono::milliseconds(1));
    append(*logs.log, {Visit("a").page(0)});
    logs.log->wait_beyond(0, std::chrono::seconds(60));
    std::jthread waker([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) logs.log->wake();
    });
    logs.log->wait_beyond(1, std::chrono::seconds(60));
    CHECK(logs.log->end() == 1);
  });
}

TEST_CASE("everything is there after the log was closed and opened") {
  on_every_log([](Logs& logs) {
    if (!logs.reopen) return;
    Visit a("a");
    for (int i = 0; i < 100; ++i) append(*logs.log, {foreign(a, i, "e" + std::to_string(i))});
    logs.log = logs.reopen();
    CHECK(logs.log->end() == 100);
    CHECK(read_all(*logs.log).size() == 100);
    const std::vector<ActiveSpan> spans{{0, 99, kStart}};
    CHECK(*logs.log->holds_foreign_id(foreign(a, 0, "e42"), spans, 100, 0));
    CHECK(append(*logs.log, {a.page(0)}) == 100);
  });
}

TEST_CASE("many threads append at once: every record once, each thread's in its order") {
  on_every_log([](Logs& logs) {
    constexpr int kThreads = 8;
    constexpr int kEach = 300;
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Visit v("v" + std::to_string(t));
        for (int i = 0; i < kEach; ++i) append(*logs.log, {v.page(i)});
      });
    }
    threads.clear();
    std::map<std::string, std::uint64_t> last;
    const auto all = read_all(*logs.log);
    CHECK(all.size() == kThreads * kEach);
    for (const LogEntry& e : all) {
      const auto& event = std::get<Event>(e.record->body);
      CHECK(event.seq == ++last[event.anonymous_id]);
    }
  });
}
