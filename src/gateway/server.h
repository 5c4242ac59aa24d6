// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "gateway/http.h"
#include "gateway/transport.h"
#include "ports/clock.h"
#include "telemetry/metrics.h"

namespace handrail::gateway {

struct ServerOptions {
  // Asked before a body is read. On the I/O thread.
  std::function<Admitted(const RequestHead&)> admit = [](const RequestHead&) { return Admitted{}; };
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t header_bytes_max = 16 << 10;
  std::size_t body_bytes_max = 4 << 20;
  std::size_t connections_max = 16'000;
  Millis request_within = 10 * kSecond;   // from its first byte to its last
  Millis idle_within = 75 * kSecond;      // between requests of a connection
  Millis write_within = 10 * kSecond;     // a response or a stream's chunk
  Millis heartbeat_every = 15 * kSecond;  // of a stream
  std::size_t stream_waiting_bytes_max = 256 << 10;
};

// The HTTP/1.1 server: one I/O thread, coroutines, own deadlines. Handlers run on the I/O thread and must not block.
class Server final : public Transport {
 public:
  Server(ServerOptions options, Handler handler, const Clock& clock, telemetry::Metrics& metrics);
  ~Server() override;

  Result<void> start() override;
  std::uint16_t port() const override;
  void post(std::function<void()> work) override;
  void every(Millis span, std::function<void()> work) override;
  void stop(Millis drain) override;

  struct Impl;  // in server.cc, where connections share it

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace handrail::gateway
