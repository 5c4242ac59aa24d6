// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "core/event/record.h"

namespace handrail {

// What holds for all visitors, where many processes read it: control entries (Record::is_control) with offsets of their
// own, which rise; what was superseded may be gone. Thread-safe; blocks on I/O.
class ControlLog {
 public:
  virtual ~ControlLog() = default;
  // Durable when it returns; the offset of the first.
  virtual Result<Offset> append(const std::vector<core::Record>& entries) = 0;
  // All there are from `from` on, in their order.
  virtual Result<std::vector<core::LoggedRecord>> read(Offset from) = 0;
  // Forgets those below `below` that nobody needs any more, as far as what was appended together goes together; never
  // the newest. Returns how many went. Others may do the same at once.
  virtual Result<std::size_t> forget(Offset below, const std::function<bool(Offset)>& is_needed) = 0;
};

}  // namespace handrail
