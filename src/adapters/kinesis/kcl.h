// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/stream_block.h"

// The words of AWS's Kinesis Client Library with the processes that it starts, one a shard: a JSON object a line
// (github.com/awslabs/amazon-kinesis-client, "MultiLangDaemon").
namespace handrail::kinesis {

struct KclRequest {
  enum class Kind : std::uint8_t { kInitialize, kRecords, kLeaseLost, kShardEnded, kShutdownRequested, kCheckpointed };
  Kind kind = Kind::kInitialize;
  std::string action;               // its own word, for the answer
  std::string shard;                // kInitialize
  std::vector<StreamBlock> blocks;  // kRecords, in the order of their shard
  std::string error;                // kCheckpointed: why it was not done; empty: it was
};

// kInvalidArgument names what is missing or unknown.
Result<KclRequest> kcl_request(std::string_view line);

// "I am done with what you asked for."
std::string kcl_status(const KclRequest& request);
// "All up to this sequence number, or to the shard's end, is done."
std::string kcl_checkpoint(const std::optional<std::string>& sequence);

}  // namespace handrail::kinesis
