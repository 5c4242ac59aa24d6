// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/page.h"

namespace handrail::test {

// Pages, network, gateway, log, engine and state in one thread, under trouble: everything follows from the seed. After
// a minute of it comes calm, and then what must hold is checked.
class WholeWorld {
 public:
  explicit WholeWorld(std::uint64_t seed, Bug bug = Bug::kNone);

  // What does not hold, in words; nothing when all is well.
  std::vector<std::string> run();

  struct Counts {
    std::size_t records = 0, offers = 0, displayed = 0, lives = 0;
  };
  const Counts& counts() const { return counts_; }
  // Of everything that was logged, decided and told: the same seed gives the same.
  Id128 fingerprint() const;

 private:
  void make_pages();
  void pull_next_batch();
  void begin_life();
  void end_life();
  void calm_down();
  void check();

  Schedule schedule_;
  Trouble trouble_;
  const Bug bug_;
  const WorkerOptions options_;
  std::vector<std::string> faults_;
  SlowLog log_;
  std::shared_ptr<MemoryTables> tables_ = std::make_shared<MemoryTables>();
  Network network_;
  simulate::Population population_;
  simulate::Batches batches_;
  const UnixMillis epoch_;
  std::vector<std::unique_ptr<Page>> pages_;
  std::unique_ptr<Process> process_;
  bool is_calm_ = false;
  Counts counts_;
};

// What must hold of a log, the state folded from it, and the pages that made it (invariants.cc).
struct Outcome {
  SlowLog& log;
  const MemoryTables& tables;
  TableStateStore& store;
  const std::vector<std::unique_ptr<Page>>& pages;
  const WorkerOptions& options;
  UnixMillis now;
};
void check_outcome(const Outcome& outcome, std::vector<std::string>& faults);

}  // namespace handrail::test
