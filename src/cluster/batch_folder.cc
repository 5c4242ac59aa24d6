// SPDX-License-Identifier: Apache-2.0
#include "cluster/batch_folder.h"

#include <algorithm>
#include <unordered_map>

#include "base/side_by_side.h"
#include "cluster/visitor_turn.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr Millis kControlAge = kSecond;

}  // namespace

Offset letter_number(const StreamBlock& block, std::size_t index) {
  constexpr int kHashBits = 12;
  const std::uint64_t hash = hash64(block.sequence + "/" + std::to_string(index));
  return static_cast<Offset>(block.arrived_at) << kHashBits | hash >> (64 - kHashBits);
}

std::vector<std::size_t> BatchFolder::fold(std::span<const StreamBlock> blocks) {
  std::vector<VisitorKey> keys;
  std::unordered_map<VisitorKey, Turn, IdHash> turns;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const VisitorKey& key = blocks[i].visitor;
    Turn& turn = turns[key];
    if (turn.empty()) keys.push_back(key);
    turn.push_back(i);
  }
  std::mutex mutex;  // guards the two below
  std::vector<std::size_t> failed;
  std::string reason;  // of the first
  const auto fail_turn = [&](const Turn& turn, const Error& why) {
    std::lock_guard lock(mutex);
    if (failed.empty()) reason = why.message;
    failed.insert(failed.end(), turn.begin(), turn.end());
  };
  const auto fail_all = [&](const Error& why) {
    telemetry::log_error("nothing is folded: " + why.message);
    for (std::size_t i = 0; i < blocks.size(); ++i) failed.push_back(i);
    counters_.failed_blocks += failed.size();
    return failed;
  };

  if (auto refreshed = ports_.control.refresh_after(kControlAge);
      !refreshed && ports_.control.age() > options_.control_age_max)
    return fail_all(refreshed.error());
  const auto control = ports_.control.state();
  const bool has_nameless = std::erase(keys, VisitorKey{}) > 0;
  auto stored = ports_.state.load(keys);
  if (!stored) return fail_all(stored.error());
  side_by_side(keys.size(), options_.visitors_at_once, [&](std::size_t i) {
    const Turn& turn = turns.at(keys[i]);
    std::vector<const StreamBlock*> own;
    for (const std::size_t place : turn) own.push_back(&blocks[place]);
    auto done = VisitorTurn(*this, *control, keys[i], std::move(own)).run(std::move((*stored)[i]));
    if (!done) fail_turn(turn, done.error());
  });
  if (has_nameless) {
    const Turn& turn = turns.at(VisitorKey{});
    if (auto buried = bury_nameless(blocks, turn); !buried) fail_turn(turn, buried.error());
  }
  if (!failed.empty())
    telemetry::log_warning(std::to_string(failed.size()) + " of " + std::to_string(blocks.size()) +
                           " messages are not folded, and to be delivered again: " + reason);
  std::ranges::sort(failed);
  counters_.failed_blocks += failed.size();
  return failed;
}

// What somebody else put into the stream.
Result<void> BatchFolder::bury_nameless(std::span<const StreamBlock> blocks, const Turn& turn) {
  std::vector<DeadLetter> letters;
  for (const std::size_t place : turn) {
    const StreamBlock& block = blocks[place];
    letters.push_back(
        {letter_number(block, 0), VisitorKey{}, block.arrived_at, "the stream's key names no visitor", block.raw});
  }
  counters_.dead_letters += letters.size();
  return ports_.state.bury(letters);
}

}  // namespace handrail
