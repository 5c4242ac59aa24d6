// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/event/record.h"

namespace handrail::core {

// Which foreign event ids were seen within 24 h, for whoever reads a log from its beginning: the answers are those that
// the log itself gave. Not thread-safe.
class ForeignIds {
 public:
  // Remembers the record's id. Records come in the log's order.
  bool is_duplicate(const Record& record, UnixMillis log_time);

 private:
  std::unordered_map<std::uint64_t, UnixMillis> seen_;  // hash -> log time of the newest block with it
  UnixMillis forgotten_before_ = 0;
};

}  // namespace handrail::core
