// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/time.h"

namespace handrail::gateway {

// What brings requests to a handler: sockets (Server), or in tests a simulated network. Handlers and what is posted run
// one at a time, on what is called the I/O thread.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<void> start() = 0;
  virtual std::uint16_t port() const = 0;
  // Runs `work` on the I/O thread. Cheap in bursts: one wake-up for all that is posted before it runs.
  virtual void post(std::function<void()> work) = 0;
  // Runs `work` on the I/O thread every so often until stop().
  virtual void every(Millis span, std::function<void()> work) = 0;
  // Accepts nothing more; open requests may finish until `drain` has passed; then everything is closed. Idempotent.
  virtual void stop(Millis drain) = 0;
};

}  // namespace handrail::gateway
