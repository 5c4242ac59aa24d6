// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace handrail {

// Where a message of a partitioned log stands.
struct PartitionPlace {
  int partition = 0;
  std::int64_t offset = 0;
};

// What a batch brought forward: a partition goes on as far as all before is done.
struct PartitionProgress {
  std::map<int, std::int64_t> next;  // by partition: everything below is done; only of those that went on
  std::vector<std::size_t> undone;   // places of the batch from each partition's first failure on, ascending
};

// `batch` holds each partition's messages in their order; `failed` are places in it, ascending.
PartitionProgress progress_of(std::span<const PartitionPlace> batch, std::span<const std::size_t> failed);

}  // namespace handrail
