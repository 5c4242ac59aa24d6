// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace handrail {

// A message of a stream that many workers read, as it is delivered: records of one visitor that were appended together.
struct StreamBlock {
  VisitorKey visitor;    // zero: the stream's key names none
  std::string sequence;  // decimal, without leading zeros; rises with each visitor's blocks
  UnixMillis arrived_at = 0;
  Result<std::vector<std::string>> records;  // their stored bytes
  std::string raw;                           // the whole message, where it could not be taken apart or names nobody
};

// Whether one sequence number is smaller than another: as numbers of any length.
inline bool is_before(std::string_view sequence, std::string_view other) {
  return sequence.size() != other.size() ? sequence.size() < other.size() : sequence < other;
}

}  // namespace handrail
