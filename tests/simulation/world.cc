// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace handrail::test {
World::World(std::uint32_t partitions, Weather weather, std::uint32_t seed, WorkerOptions options)
    : partitions_(partitions),
      weather_(weather),
      options_([&] {
        options.read_bytes_max = weather.read_bytes;
        return std::move(options);
      }()),
      random_(seed),
      log_(clock_),
      tables_(std::make_shared<MemoryTables>()) {
  start_all();
}

void World::start_all() {
  workers_.clear();
  auto flaky = TableStateStore::open(std::make_unique<FlakyTables>(tables_, random_, weather_.store_fails));
  while (!flaky) flaky = TableStateStore::open(std::make_unique<FlakyTables>(tables_, random_, weather_.store_fails));
  store_ = std::move(*flaky);
  while (!store_->prepare(partitions_, 0)) {
  }
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    workers_.push_back(
        std::make_unique<Worker>(Partition{p, partitions_}, options_, Worker::Ports{log_, *store_, outbox_, clock_}));
    REQUIRE(workers_.back()->recover());
  }
}

void World::step_some(int steps) {
  for (int i = 0; i < steps; ++i) {
    Worker& worker = *workers_[random_() % workers_.size()];
    (void)worker.step();
    if (chance(weather_.checkpoint)) (void)worker.checkpoint();
    if (chance(weather_.checkpoint / 3)) (void)store_->sync();
    if (chance(weather_.kill)) {
      ++kills_;
      start_all();
    } else if (chance(weather_.power_loss)) {
      ++kills_;
      tables_ = std::make_shared<MemoryTables>(tables_->synced_content());
      start_all();
    }
  }
}

void World::settle() {
  for (auto& worker : workers_) {
    do {
      auto stepped = worker->step();
      REQUIRE(stepped);
    } while (worker->next() < log_.end());
    while (!worker->checkpoint()) {
    }
  }
}

// Workers keep up with the clock, as they do in life: whatever the weather, they are at the log's end before time goes
// on by more than a moment. Without this a decision could reach another device minutes late in one run only.
void World::catch_up() {
  const auto behind = [&](const std::unique_ptr<Worker>& worker) { return worker->next() < log_.end(); };
  do {
    step_some(static_cast<int>(workers_.size()));
  } while (std::any_of(workers_.begin(), workers_.end(), behind));
}

// Time goes from one deadline to the next.
void World::advance_to(UnixMillis until) {
  catch_up();
  while (true) {
    std::optional<UnixMillis> due;
    for (const auto& worker : workers_) {
      const auto next = worker->next_timer();
      if (next && *next > clock_.now() / 1000 && (!due || *next < *due)) due = next;
    }
    if (!due || *due > until) break;
    clock_.set(*due);
    catch_up();
  }
  clock_.set(std::max(until, clock_.now() / 1000));
}

void World::play(std::vector<Record> records, Millis silence) {
  std::stable_sort(records.begin(), records.end(),
                   [](const Record& a, const Record& b) { return a.received_at < b.received_at; });
  for (Record& record : records) {
    advance_to(record.received_at / 1000);
    log_.append({std::move(record)}, [](const Result<Receipt>& offset) { CHECK(offset); });
    step_some(static_cast<int>(random_() % 3));
  }
  advance_to(clock_.now() / 1000 + silence);
  settle();
}

std::string World::outcome() {
  std::string all;
  for (const auto& [key, value] : tables_->content()) {
    if (key.first != Table::kDecisions && key.first != Table::kInterventions) continue;
    all += key.second;
    all += value;
  }
  return all;
}

std::size_t World::count(Table table) const {
  const auto content = tables_->content();
  return static_cast<std::size_t>(
      std::count_if(content.begin(), content.end(), [&](const auto& row) { return row.first.first == table; }));
}

std::vector<Record> population(std::uint32_t seed, int visitors, Millis span) {
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  std::vector<Record> records;
  for (int i = 0; i < visitors; ++i) {
    Visit v("visitor-" + std::to_string(i));
    if (pick(3) == 0) v.identify_as("person-" + std::to_string(i / 3));
    const int character = pick(5);
    Millis at = pick(20'000);
    records.push_back(v.page(at));
    while (at < span) {
      at += 200 + pick(character == 4 ? 90'000 : 9000);
      switch (pick(9)) {
        case 0:
          records.push_back(v.page(at, "/page-" + std::to_string(pick(4))));
          break;
        case 1:
          records.push_back(v.invalid(at, "field:" + std::to_string(pick(3))));
          break;
        case 2:
          records.push_back(v.submit(at, character == 0 ? SubmitResult::kOk : SubmitResult::kFailed));
          break;
        case 3:
          records.push_back(v.struggle(at, 2 + pick(4), "feature-" + std::to_string(pick(2))));
          break;
        case 4:
          records.push_back(v.valid(at, "field:" + std::to_string(pick(8))));
          break;
        case 5:
          for (int c = 0; c < 3 + pick(3); ++c)
            records.push_back(v.click(at + c * 250, character == 1 ? Reaction::kSome : Reaction::kNone));
          break;
        case 6:
          records.push_back(v.event(at, ExitIntent{}));
          break;
        case 7:
          records.push_back(v.event(at, Goal{"loan"}));
          break;
        default:
          records.push_back(v.event(at, Custom{}, "note"));
          break;
      }
      if (pick(6) == 0) records.push_back(records.back());  // a resend
    }
  }
  return records;
}

}  // namespace handrail::test
