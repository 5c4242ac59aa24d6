// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct rd_kafka_s;

// Topics as they are made, and found. Both block, for `within` or 5 s.
namespace handrail::kafka {

struct Topic {
  std::string name;
  int partitions = 12;
  int replication = 3;
  std::vector<std::pair<std::string, std::string>> settings;  // "retention.ms", ...
};
// Makes the topic where it is not there, and waits until it has a leader for each partition. Returns how many
// partitions it has.
Result<int> ensure_topic(rd_kafka_s* handle, const Topic& topic, Millis within);

// The longest that a record stays in the topic: retention.ms after the last of its segment, which takes records for
// segment.ms. Nothing: records stay, by setting or by compaction. kUnavailable: no answer, or it may not be read.
Result<std::optional<Millis>> longest_kept(rd_kafka_s* handle, const std::string& topic);

}  // namespace handrail::kafka
