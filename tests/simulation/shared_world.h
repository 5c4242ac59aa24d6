// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "adapters/memory/memory_shared_state.h"
#include "cluster/batch_folder.h"
#include "cluster/due_timers.h"
#include "tests/support/records.h"

namespace handrail::test {

// What goes wrong, in percent of the calls or batches.
struct SharedWeather {
  int unavailable = 0;      // a call is refused
  int unheard = 0;          // a call is done, and its answer lost
  int delivered_again = 0;  // a batch that is done is delivered once more, as after an answer that did not arrive
  int overlaps = 0;         // a second worker folds the same batch, before a commit or the writing of its rows
  int compactions = 0;      // after a control entry: what earlier ones said is forgotten where it was superseded
  std::size_t batch_max = 100;
};

// A stream of several shards, folded in batches into a shared state by workers that are called as a Lambda function is:
// at least once, in a shard's order, from the lowest failure on again.
class SharedWorld {
 public:
  SharedWorld(std::size_t shards, SharedWeather weather, std::uint32_t seed, BatchFolderOptions options = {});
  ~SharedWorld();

  // Appends the records in order of their time, with the clock going along, then lets `silence` pass.
  void play(std::vector<Record> records, Millis silence = 10 * kMinute);

  // Every decision and intervention, in order of id, as bytes: what must not depend on the weather.
  std::string outcome();
  MemorySharedState& state() { return state_; }
  int troubles() const;  // that the weather made
  const std::vector<InterventionId>& told() const;

 private:
  class Stream;
  class Control;
  class News;
  class FlakyState;

  void catch_up();
  void deliver(std::size_t shard);
  void overtake(const std::vector<StreamBlock>& batch, std::deque<StreamBlock>& waiting);
  void advance_to(UnixMillis until);
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  const SharedWeather weather_;
  std::mt19937 random_;
  FakeClock clock_;
  MemorySharedState state_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Control> control_log_;
  std::unique_ptr<News> news_;
  std::unique_ptr<FlakyState> flaky_;
  std::unique_ptr<ControlView> control_, other_control_;  // the other reads later, what was left
  std::unique_ptr<BatchFolder> folder_, other_;
  std::unique_ptr<DueTimers> timers_;
};

}  // namespace handrail::test
