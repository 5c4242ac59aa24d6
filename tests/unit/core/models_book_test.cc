// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/control/model_moves.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

std::vector<std::uint64_t> asked(const ModelsBook& book, UnixMillis at) {
  std::vector<std::uint64_t> versions;
  for (const ServingModel& one : book.at("default", at).models) versions.push_back(one.version);
  return versions;
}

using Versions = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a model is asked from the moment its move takes effect, and not after it retired") {
  ModelsBook book;
  Entries take(book);
  take(registration(model_of_events(3), 1));
  CHECK(asked(book, kStart) == Versions{});
  take(move_to(1, ModelStage::kLive, kStart + 1000));
  take(move_to(1, ModelStage::kRetired, kStart + 5000));
  CHECK(asked(book, kStart + 999) == Versions{});
  CHECK(asked(book, kStart + 1000) == Versions{1});
  CHECK(asked(book, kStart + 4999) == Versions{1});
  CHECK(asked(book, kStart + 5000) == Versions{});
  CHECK(book.at("shop", kStart + 2000).is_empty());
}

TEST_CASE("entries in any order, and twice, come to the same") {
  std::vector<LoggedRecord> entries;
  Offset offset = 1;
  for (const Record& record : registration(model_of_events(3), 1)) entries.push_back({offset++, record});
  for (const Record& record : registration(model_of_events(5), 2)) entries.push_back({offset++, record});
  entries.push_back({offset++, move_to(1, ModelStage::kLive, kStart)});
  entries.push_back({offset++, move_to(1, ModelStage::kRetired, kStart + 1000)});
  entries.push_back({offset++, move_to(2, ModelStage::kLive, kStart + 1000)});
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<LoggedRecord> shuffled = entries;
    std::ranges::shuffle(shuffled, random);
    ModelsBook book;
    for (const LoggedRecord& entry : shuffled) book.take(entry);
    for (const LoggedRecord& entry : entries) book.take(entry);
    CHECK(asked(book, kStart) == Versions{1});
    CHECK(asked(book, kStart + 1000) == Versions{2});
    CHECK(book.artefact("default", 1) == encode(model_of_events(3)));
    ModelsBook again;
    for (const LoggedRecord& entry : book.entries()) again.take(entry);
    CHECK(asked(again, kStart + 1000) == Versions{2});
  }
}

TEST_CASE("a model whose parts are missing or other than registered is listed, and never asked") {
  auto records = registration(model_of_events(3), 1);
  SUBCASE("missing") { records.erase(records.begin()); }
  SUBCASE("another") { std::get<ModelPart>(records.front().body).bytes[30] ^= 1; }
  ModelsBook book;
  Entries take(book);
  take(records);
  take(move_to(1, ModelStage::kLive, kStart));
  REQUIRE(book.version("default", 1) != nullptr);
  CHECK(book.version("default", 1)->model == nullptr);
  CHECK_FALSE(book.version("default", 1)->fault.empty());
  CHECK(asked(book, kStart) == Versions{});
}

TEST_CASE("a canary speaks to its share of visitors, each time the same ones, and the live model to the others") {
  ModelsBook book;
  Entries take(book);
  take(registration(model_of_events(3), 1));
  take(registration(model_of_events(5), 2));
  take(move_to(1, ModelStage::kLive, kStart));
  take(move_to(2, ModelStage::kCanary, kStart, 20));
  const ModelRoster& roster = book.at("default", kStart);
  int canaries = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string visitor = "v" + std::to_string(i);
    const ServingModel* serving = roster.serving("default", visitor);
    REQUIRE(serving != nullptr);
    CHECK(roster.serving("default", visitor) == serving);
    canaries += serving->version == 2 ? 1 : 0;
  }
  CHECK(std::abs(canaries - 1000) < 170);  // 6 standard deviations
}

TEST_CASE("the newest eight are kept, and those in service longest") {
  ModelsBook book;
  Entries take(book);
  for (std::uint64_t version = 1; version <= 12; ++version) {
    take(registration(model_of_events(static_cast<float>(version)), version));
    if (version == 1) take(move_to(1, ModelStage::kLive, kStart));
  }
  CHECK(book.versions("default").size() == ModelsBook::kVersionsMax);
  CHECK(book.version("default", 1) != nullptr);
  CHECK(book.version("default", 2) == nullptr);
  CHECK(book.newest("default") == 12);
  CHECK(asked(book, kStart) == Versions{1});
}

TEST_CASE("rolling back takes the canary first, then the live model for the one before it") {
  ModelsBook book;
  Entries take(book);
  take(registration(model_of_events(3), 1));
  take(registration(model_of_events(5), 2));
  take(registration(model_of_events(7), 3));
  CHECK(rolled_back(book, "default", kStart, "me", "").empty());
  take(move_to(1, ModelStage::kLive, kStart));
  take(move_to(1, ModelStage::kRetired, kStart + 10));
  take(move_to(2, ModelStage::kLive, kStart + 10));
  take(move_to(3, ModelStage::kCanary, kStart + 20, 5));
  const auto first = rolled_back(book, "default", kStart + 30, "me", "");
  REQUIRE(first.size() == 1);
  CHECK(first[0].version == 3);
  for (const ModelMove& move : first) take({"default", {}, 0, 0, move});
  const auto second = rolled_back(book, "default", kStart + 40, "me", "");
  REQUIRE(second.size() == 2);
  for (const ModelMove& move : second) take({"default", {}, 0, 0, move});
  CHECK(asked(book, kStart + 40) == Versions{1});
  const auto third = rolled_back(book, "default", kStart + 50, "me", "");
  REQUIRE(third.size() >= 1);
  CHECK(third[0].version == 1);
}
