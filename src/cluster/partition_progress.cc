// SPDX-License-Identifier: Apache-2.0
#include "cluster/partition_progress.h"

#include <set>

namespace handrail {

PartitionProgress progress_of(std::span<const PartitionPlace> batch, std::span<const std::size_t> failed) {
  PartitionProgress progress;
  std::set<int> halted;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& [partition, offset] = batch[i];
    if (!failed.empty() && failed.front() == i) {
      failed = failed.subspan(1);
      halted.insert(partition);
    }
    if (halted.contains(partition)) {
      progress.undone.push_back(i);
    } else {
      progress.next[partition] = offset + 1;
    }
  }
  return progress;
}

}  // namespace handrail
