// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "adapters/segments/segments_log.h"
#include "adapters/system/system_clock.h"
#include "engine/engine.h"
#include "gateway/hub.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

// Log, engine and hub with all their threads at once, for the thread sanitizer to watch: writers, readers, workers,
// upkeep, a relaxed log's syncs, and an I/O thread with pages that come and go. RocksDB is not built for it and stays
// out.
using namespace handrail;
using namespace handrail::test;

namespace {

constexpr int kWriters = 3;
constexpr int kVisitorsEach = 12;
constexpr int kRecordsEach = 40;

// What the gateway's I/O thread is to the hub.
class IoThread {
 public:
  void post(std::function<void()> work) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
  }
  void stop() { thread_.request_stop(), thread_.join(); }

 private:
  void run(const std::stop_token& stop) {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
    }
  }
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_;
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

class CountingStream final : public gateway::EventStream {
 public:
  explicit CountingStream(std::atomic<int>& count) : count_(count) {}
  bool send(std::string_view, std::string_view, std::string_view) override { return ++count_ > 0; }
  void close() override { open_ = false; }
  bool is_open() const override { return open_; }
  void on_close(std::function<void()>) override {}

 private:
  std::atomic<int>& count_;
  std::atomic<bool> open_{true};
};

std::string name_of(int writer, int visitor) { return "v" + std::to_string(writer) + "-" + std::to_string(visitor); }

void write_all(EventLog& log, int writer, std::atomic<int>& acknowledged) {
  const UnixMillis now = SystemClock{}.now() / 1000;
  for (int i = 0; i < kVisitorsEach; ++i) {
    Visit visit(name_of(writer, i), now);
    visit.new_tab("t" + name_of(writer, i));
    for (int n = 0; n < kRecordsEach; ++n) {
      Record record = n == kRecordsEach / 2 ? visit.struggle(0, 3) : visit.page(0, std::string(500, 'x'));
      log.append({std::move(record)}, [&](const Result<Receipt>& offset) { acknowledged += offset ? 1 : 0; });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void run_together(bool relaxed) {
  TemporaryFolder folder;
  SystemClock clock;
  telemetry::Metrics metrics;
  segments::LogOptions options;
  options.folder = folder.path();
  options.segment_bytes = 1 << 20;
  options.block_bytes_max = 128 << 10;
  options.is_relaxed = relaxed;
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  auto store = TableStateStore::open(std::make_unique<MemoryTables>());
  REQUIRE(store);
  IoThread io;
  std::atomic<int> pushed{0}, acknowledged{0};
  gateway::Hub hub({}, clock, metrics);
  hub.set_post([&](std::function<void()> work) { io.post(std::move(work)); });
  EngineOptions engine_options;
  engine_options.partitions = 3;
  engine_options.checkpoint_every = 5;
  engine_options.sync_every = 10;
  Engine engine(engine_options, {**log, **store, hub, clock}, metrics);
  REQUIRE(engine.start());
  io.post([&] {
    for (int i = 0; i < kVisitorsEach; ++i) {
      hub.add_page("default", {visitor_key("default", name_of(0, i))}, {}, std::make_shared<CountingStream>(pushed));
      hub.add_watcher(visitor_key("default", name_of(1, i)), std::make_shared<CountingStream>(pushed));
    }
  });
  {
    std::vector<std::jthread> threads;
    std::atomic<bool> writing{true};
    for (int w = 0; w < kWriters; ++w) threads.emplace_back([&, w] { write_all(**log, w, acknowledged); });
    for (int r = 0; r < 2; ++r) {
      threads.emplace_back([&, r] {
        for (int i = 0; writing; ++i) {
          const VisitorKey key = visitor_key("default", name_of(i % kWriters, i % kVisitorsEach));
          (void)engine.settle(std::chrono::milliseconds(50));
          (void)(*store)->decisions(key, {});
          (void)(*store)->visitor(key);
          (void)(*log)->read_visitor(key, UINT64_MAX, 10);
          io.post([&metrics] { (void)metrics.render(); });  // as the gateway does
          (void)(*log)->health();
          io.post([&hub] { hub.forget_old_offers(); });
          std::this_thread::sleep_for(std::chrono::milliseconds(r + 1));
        }
      });
    }
    for (int w = 0; w < kWriters; ++w) threads[static_cast<std::size_t>(w)].join();
    writing = false;
  }
  for (int i = 0; i < 2000 && acknowledged < kWriters * kVisitorsEach * kRecordsEach; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(engine.settle(std::chrono::seconds(20)));
  engine.stop();
  (*log)->stop();
  io.stop();
  CHECK(acknowledged == kWriters * kVisitorsEach * kRecordsEach);
  CHECK(pushed > 0);
  for (int w = 0; w < kWriters; ++w) {
    for (int i = 0; i < kVisitorsEach; ++i) {
      auto decisions = (*store)->decisions(visitor_key("default", name_of(w, i)), {});
      REQUIRE(decisions);
      CHECK(decisions->items.size() == 1);
    }
  }
}

}  // namespace

TEST_CASE("log, engine and hub work together") { run_together(false); }
TEST_CASE("log, engine and hub work together, the log relaxed") { run_together(true); }
