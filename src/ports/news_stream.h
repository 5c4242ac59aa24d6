// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "base/result.h"
#include "ports/outbox.h"

namespace handrail {

// The outbox where engine and gateways are different processes: every gateway hears all of it. Thread-safe.
class NewsSender {
 public:
  virtual ~NewsSender() = default;
  // Durable when it returns. Blocks on I/O. News of folds and of the control log do not travel.
  virtual Result<void> send(const std::vector<Publication>& news) = 0;
};

// One gateway's ear. Called by one thread.
class NewsReader {
 public:
  virtual ~NewsReader() = default;
  // What was sent since the last call, or since this reader was made; waits a while where there is none.
  virtual Result<std::vector<Publication>> read(std::chrono::milliseconds wait) = 0;
};

}  // namespace handrail
