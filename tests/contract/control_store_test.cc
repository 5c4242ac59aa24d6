// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "base/archive.h"

// What is kept of the control log: each partition's view as of its checkpoint, and the acts.
using namespace handrail;

namespace {

core::LoggedRecord agent_at(Offset offset, const char* name) {
  return {offset, {"default", "", 0, 0, core::AgentAvailability{name, true, 5}}};
}

std::string agent_of(const core::LoggedRecord& entry) {
  return std::get<core::AgentAvailability>(entry.record.body).agent;
}

void commit(TableStateStore& store, Partition partition, Offset next, std::vector<core::LoggedRecord> control) {
  StateBatch batch;
  batch.partition = partition;
  batch.checkpoint = {next, "test"};
  batch.control = std::move(control);
  REQUIRE(store.commit(batch));
}

}  // namespace

TEST_CASE("a partition that lags does not take from another what that one has seen") {
  auto store = TableStateStore::open(std::make_unique<MemoryTables>());
  REQUIRE(store);
  REQUIRE((*store)->prepare(2, 0));
  commit(**store, {0, 2}, 9, {agent_at(1, "Maya"), agent_at(8, "Noor")});
  commit(**store, {1, 2}, 5, {agent_at(1, "Maya")});
  CHECK((*store)->control({0, 2})->size() == 2);
  CHECK((*store)->control({1, 2})->size() == 1);
}

TEST_CASE("another number of partitions begins with the view of the lowest checkpoint") {
  auto store = TableStateStore::open(std::make_unique<MemoryTables>());
  REQUIRE(store);
  REQUIRE((*store)->prepare(2, 0));
  commit(**store, {0, 2}, 9, {agent_at(1, "Maya"), agent_at(8, "Noor")});
  commit(**store, {1, 2}, 5, {agent_at(1, "Maya")});
  REQUIRE((*store)->prepare(3, 0));
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK((*store)->checkpoint({i, 3})->next == 5);
    const auto control = (*store)->control({i, 3});
    REQUIRE(control);
    REQUIRE(control->size() == 1);
    CHECK(agent_of(control->front()) == "Maya");
  }
  CHECK((*store)->control({0, 2})->empty());
}

TEST_CASE("a state of format 1 is upgraded: its agents belong to the one site there was") {
  const std::string checkpoint = [] {
    std::string bytes;
    ArchiveWriter{bytes}(Offset{7}, std::string("0.1.0"));
    return bytes;
  }();
  MemoryTables::Content content{
      {{Table::kMeta, "format"}, archived(std::uint64_t{1})},
      {{Table::kMeta, "checkpoint/1/0"}, checkpoint},
      {{Table::kMeta, "control"}, archived(std::vector<core::AgentAvailability>{{"Maya", true, 5}})}};
  auto store = TableStateStore::open(std::make_unique<MemoryTables>(std::move(content)));
  REQUIRE(store);
  REQUIRE((*store)->prepare(1, 0));
  CHECK((*store)->checkpoint({0, 1})->next == 7);
  const auto control = (*store)->control({0, 1});
  REQUIRE(control);
  REQUIRE(control->size() == 1);
  CHECK(agent_of(control->front()) == "Maya");
  CHECK(control->front().record.site == "default");
}

TEST_CASE("a newer format is refused by name") {
  MemoryTables::Content content{{{Table::kMeta, "format"}, archived(std::uint64_t{4})}};
  const auto store = TableStateStore::open(std::make_unique<MemoryTables>(std::move(content)));
  REQUIRE_FALSE(store);
  CHECK(store.error().message.find("newer than this program") != std::string::npos);
}

TEST_CASE("acts are listed newest first") {
  auto store = TableStateStore::open(std::make_unique<MemoryTables>());
  REQUIRE(store);
  StateBatch batch;
  for (Offset offset : {3, 5, 9})
    batch.acts.push_back({offset, {"shop", "", 0, 0, core::Act{"ops", "", "site.changed", "shop", ""}}});
  REQUIRE((*store)->commit(batch));
  const auto newest = (*store)->acts({}, 2);
  REQUIRE(newest);
  REQUIRE(newest->size() == 2);
  CHECK(newest->front().offset == 9);
  const auto older = (*store)->acts(newest->back().offset, 2);
  REQUIRE(older);
  REQUIRE(older->size() == 1);
  CHECK(older->front().offset == 3);
}
