// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_sink.h"

#include <algorithm>
#include <unordered_set>

#include "adapters/common/block_codec.h"
#include "base/thread.h"
#include "telemetry/log.h"

namespace handrail::kinesis {

KinesisSink::KinesisSink(KinesisSinkOptions options, aws::Client& client, aws::Client::Surrounding around)
    : options_(std::move(options)),
      client_(client),
      around_(std::move(around)),
      refusals_("the stream", around_.clock),
      newest_(around_.clock) {
  for (std::size_t i = 0; i < options_.lanes; ++i) lanes_.push_back(std::make_unique<Lane>());
  for (auto& lane : lanes_)
    lane->thread = std::jthread([this, raw = lane.get()](const std::stop_token& stop) { run(*raw, stop); });
}

void KinesisSink::stop() {
  stopping_ = true;
  for (auto& lane : lanes_) {
    {
      std::lock_guard lock(lane->mutex);
      lane->thread.request_stop();
    }
    lane->changed.notify_all();
  }
  for (auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

void KinesisSink::append(std::vector<core::Record> records, Appended done) {
  std::vector<AppendPart> parts = parts_of(std::move(records), options_.block_bytes_max);
  std::size_t bytes = 0;
  for (const AppendPart& part : parts) bytes += part.bytes;
  if (stopping_ || waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    ++counters_.refused_appends;
    return done(fail(ErrorCode::kUnavailable,
                     stopping_ ? "the gateway is going away; try again" : "too much waits for the stream; try again"));
  }
  waiting_bytes_ += bytes;
  const std::int64_t until = around_.clock.monotonic_micros() + options_.give_up_after * 1000;
  auto ticket = std::make_shared<AppendTicket>(parts.size(), std::move(done));
  for (AppendPart& part : parts) {
    Lane& lane = *lanes_[part.visitor.high % lanes_.size()];
    {
      std::lock_guard lock(lane.mutex);
      lane.parts.push_back({std::move(part), until, ticket});
    }
    lane.changed.notify_one();
  }
}

void KinesisSink::run(Lane& lane, const std::stop_token& stop) {
  name_this_thread("kinesis");
  std::vector<Block> again;
  for (int round = 1;;) {
    if (again.empty()) {
      round = 1;
      std::unique_lock lock(lane.mutex);
      lane.changed.wait(lock, [&] { return !lane.parts.empty() || stop.stop_requested(); });
      if (lane.parts.empty()) return;
    } else {
      around_.pause(aws::pause_before(++round, options_.retry, around_.draw()));
    }
    again = without_overdue(send(take_blocks(lane, std::move(again))));
  }
}

// What is to go again, and what came meanwhile of other visitors; the oldest first.
std::vector<KinesisSink::Block> KinesisSink::take_blocks(Lane& lane, std::vector<Block> again) {
  std::unordered_map<VisitorKey, std::size_t, IdHash> places;
  std::unordered_set<VisitorKey, IdHash> closed;  // to whose message nothing more is added
  std::size_t bytes = 0;
  for (const Block& block : again) {
    closed.insert(block.visitor());
    bytes += block.bytes;
  }
  std::vector<Block> blocks = std::move(again);
  std::lock_guard lock(lane.mutex);
  std::deque<Part> left;
  while (!lane.parts.empty()) {
    Part part = std::move(lane.parts.front());
    lane.parts.pop_front();
    const auto known = places.find(part.records.visitor);
    const bool is_new = known == places.end();
    const bool fits_call = bytes + part.records.bytes <= kBytesOfCall && (!is_new || blocks.size() < kMessagesOfCall);
    const bool fits_block = is_new || blocks[known->second].bytes + part.records.bytes <= options_.block_bytes_max;
    if (closed.contains(part.records.visitor) || !fits_call || !fits_block) {
      closed.insert(part.records.visitor);
      left.push_back(std::move(part));
      continue;
    }
    bytes += part.records.bytes;
    if (is_new) {
      places.emplace(part.records.visitor, blocks.size());
      blocks.emplace_back();
    }
    Block& block = is_new ? blocks.back() : blocks[known->second];
    block.bytes += part.records.bytes;
    block.parts.push_back(std::move(part));
  }
  lane.parts = std::move(left);
  return blocks;
}

std::vector<KinesisSink::Block> KinesisSink::send(std::vector<Block> blocks) {
  std::vector<Message> messages;
  for (const Block& block : blocks) {
    std::vector<core::Record> records;
    for (const Part& part : block.parts)
      records.insert(records.end(), part.records.records.begin(), part.records.records.end());
    messages.push_back({block.visitor().hex(), block_of(records)});
  }
  ++counters_.calls;
  auto outcomes = put_records(client_, options_.stream, messages);
  if (!outcomes) {
    ++counters_.failed_calls;
    refusals_.refused(outcomes.error().message);
    return blocks;
  }
  refusals_.took();
  std::vector<Block> again;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!(*outcomes)[i]) {
      ++counters_.refused_messages;
      again.push_back(std::move(blocks[i]));
      continue;
    }
    ++counters_.messages;
    newest_.note(blocks[i].visitor(), std::move(*(*outcomes)[i]));
    finish(blocks[i], true);
  }
  return again;
}

std::vector<KinesisSink::Block> KinesisSink::without_overdue(std::vector<Block> blocks) {
  const std::int64_t now = around_.clock.monotonic_micros();
  std::erase_if(blocks, [&](Block& block) {
    if (block.parts.front().until > now) return false;
    ++counters_.given_up;
    finish(block, false);
    return true;
  });
  return blocks;
}

void KinesisSink::finish(const Block& block, bool is_taken) {
  for (const Part& part : block.parts) {
    waiting_bytes_ -= part.records.bytes;
    if (is_taken) counters_.records += part.records.records.size();
    part.ticket->part_is_done(is_taken);
  }
}

Result<void> KinesisSink::health() const {
  if (stopping_) return fail(ErrorCode::kUnavailable, "the gateway is going away");
  return refusals_.health();
}

}  // namespace handrail::kinesis
