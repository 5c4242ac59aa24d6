// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/stream_side.h"
#include "cluster/gateway_feed.h"
#include "cluster/shared_sink.h"
#include "gateway/gateway.h"

namespace handrail {

// A gateway whose records go into a stream that many share, whose state is in DynamoDB, and which hears what is decided
// by a second stream. It keeps nothing: any number of them serve the same visitors.
class CloudGateway {
 public:
  static Result<std::unique_ptr<CloudGateway>> start(const Config& config, bool serve_demo, StreamFailed failed);
  ~CloudGateway() { stop(); }

  std::uint16_t port() const { return gateway_->port(); }
  const std::string& address() const { return address_; }
  std::string stream_name() const { return streams_->name(); }
  bool is_open() const { return is_open_; }
  void stop();  // drains; idempotent

 private:
  CloudGateway() = default;
  void publish_metrics();

  SystemClock clock_;
  telemetry::Metrics metrics_;
  std::string address_;
  bool is_open_ = false;
  std::unique_ptr<Cloud> cloud_;
  std::unique_ptr<StreamSide> streams_;
  std::unique_ptr<SharedSink> sink_;
  std::unique_ptr<NewsReader> news_;
  std::unique_ptr<gateway::Hub> hub_;
  std::unique_ptr<DueTimers> timers_;
  std::unique_ptr<GatewayFeed> feed_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

}  // namespace handrail
