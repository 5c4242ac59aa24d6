// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "core/event/record.h"

namespace handrail {

// What holds for all visitors, where many processes read it: control entries (Record::is_control) with offsets of their
// own, dense from 0. Thread-safe; blocks on I/O.
class ControlLog {
 public:
  virtual ~ControlLog() = default;
  // Durable when it returns; the offset of the first.
  virtual Result<Offset> append(const std::vector<core::Record>& entries) = 0;
  // All from `from` on, in their order.
  virtual Result<std::vector<core::LoggedRecord>> read(Offset from) = 0;
};

}  // namespace handrail
