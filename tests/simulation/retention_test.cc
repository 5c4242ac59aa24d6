// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_log.h"
#include "adapters/memory/memory_tables.h"
#include "tests/support/folder.h"

// Who was not seen for as long as the site keeps its visitors is to be forgotten; nobody else.
using namespace handrail;
using namespace handrail::test;

namespace {

struct Kept {
  FakeClock clock;
  MemoryLog log{clock};
  telemetry::Metrics metrics;
  std::unique_ptr<TableStateStore> store = *TableStateStore::open(std::make_unique<MemoryTables>());

  Kept() {
    REQUIRE(store->prepare(1, 0));
    StateBatch batch;
    core::Site shop;
    shop.id = "shop";
    shop.retention_days = 30;
    core::Site blog;
    blog.id = "blog";
    batch.control = {{0, {"shop", "", 0, 0, shop}}, {1, {"blog", "", 0, 0, blog}}};
    for (const char* site : {"shop", "blog", "elsewhere"}) {
      for (const int days : {1, 29, 31, 99, 101}) add(batch, site, days);
    }
    REQUIRE(store->commit(batch));
  }

  void add(StateBatch& batch, const char* site, int days_ago) {
    auto& visitor = visitors.emplace_back(std::make_unique<Visitor>());
    visitor->site = site;
    visitor->id = "v" + std::to_string(days_ago);
    visitor->log_time = clock.now() / 1000 - days_ago * kDay;
    batch.visitors.emplace_back(visitor_key(visitor->site, visitor->id), visitor.get());
  }

  std::vector<std::string> forgotten(std::int64_t days) {
    Retention retention({log, *store, clock}, {days, std::chrono::seconds(1), 1}, metrics);
    const Offset before = log.end();
    auto count = retention.run();
    REQUIRE(count);
    auto batch = log.read(before, {}, SIZE_MAX);
    REQUIRE(batch);
    CHECK(*count == batch->entries.size());
    std::vector<std::string> out;
    for (const LogEntry& entry : batch->entries) {
      REQUIRE(entry.record);
      const auto* erasure = std::get_if<Erasure>(&entry.record->body);
      REQUIRE((erasure != nullptr && erasure->unless_seen_since));
      out.push_back(entry.record->site + " " + entry.record->visitor);
    }
    std::ranges::sort(out);
    return out;
  }

  std::vector<std::unique_ptr<Visitor>> visitors;
};

}  // namespace

TEST_CASE("a site's own days hold, else the configuration's, and none means for good") {
  Kept kept;
  CHECK(kept.forgotten(0) == std::vector<std::string>{"shop v101", "shop v31", "shop v99"});
  CHECK(kept.forgotten(100) ==
        std::vector<std::string>{"blog v101", "elsewhere v101", "shop v101", "shop v31", "shop v99"});
}
