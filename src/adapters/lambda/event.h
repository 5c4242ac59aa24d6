// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ports/stream_block.h"

namespace handrail::lambda {

// What a function of ours is called with.
struct FunctionEvent {
  enum class Kind : std::uint8_t { kRecords, kSweep };
  Kind kind = Kind::kRecords;  // kSweep: the scheduler's, each minute, to look for deadlines that passed in silence
  std::vector<StreamBlock> blocks;  // in the order of their shard
};

// kInvalidArgument names what is missing: another event source than Kinesis or EventBridge's scheduler.
Result<FunctionEvent> function_event(std::string_view json);

// {"batchItemFailures": [...]}: the sequence numbers of the blocks that are to be delivered again.
std::string batch_response(const std::vector<StreamBlock>& blocks, const std::vector<std::size_t>& failed);

}  // namespace handrail::lambda
