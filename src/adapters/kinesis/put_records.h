// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/aws/client.h"

namespace handrail::kinesis {

// One record of a PutRecords call.
struct Message {
  std::string key;   // at most 256 characters
  std::string data;  // with its key at most 1 MiB
};

// What became of each: its sequence number, or why it was not taken.
using Outcomes = std::vector<Result<std::string>>;

// Limits of one call (docs.aws.amazon.com, PutRecords): 500 records, and 5 MiB as older descriptions have it, ours a
// little less for what JSON adds.
inline constexpr std::size_t kMessagesOfCall = 500;
inline constexpr std::size_t kBytesOfCall = 4 << 20;
inline constexpr std::size_t kMessageBytesMax = 1 << 20;

// One call. Records of the same key must not be in it twice: where one of them fails and another does not, their order
// is lost. An Error where the call as a whole failed; what it did is unknown then.
Result<Outcomes> put_records(aws::Client& client, const std::string& stream, std::span<const Message> messages);

}  // namespace handrail::kinesis
