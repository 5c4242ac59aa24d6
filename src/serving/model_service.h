// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/risk/forest.h"
#include "gateway/http.h"
#include "gateway/reading.h"
#include "serving/rows.h"

namespace handrail::serving {

struct ServiceOptions {
  static constexpr std::size_t kBodyBytesMax = 6 << 20;         // SageMaker's, of a real-time request
  static constexpr std::size_t kBatchBodyBytesMax = 100 << 20;  // and of a batch transform's

  std::size_t body_bytes_max = kBodyBytesMax;
  std::size_t threads = 2;            // for large requests
  Form answer = Form::kCsv;           // where Accept asks for nothing in particular
  Layout layout = Layout::kTogether;  // a batch transform wants a line each, to put beside its input
};

// The routes of SageMaker's serving containers over one model: GET /ping, GET /execution-parameters and POST
// /invocations (also as /endpoints/{name}/invocations, for clients of InvokeEndpoint). Small requests are scored where
// they arrive; large ones on threads of its own, and what waits for them is bounded by bytes. handle() is for one
// thread; answers come from any.
class ModelService {
 public:
  static constexpr std::size_t kSmallBytes = 64 << 10;
  static constexpr std::size_t kWaitingBodies = 4;  // of the largest size, that may wait or be worked on at once

  ModelService(core::Forest forest, ServiceOptions options);

  void handle(gateway::HttpRequest request, std::shared_ptr<gateway::Exchange> exchange);
  void stop();  // of its threads, once nothing more arrives

 private:
  gateway::HttpResponse invoke(const gateway::HttpRequest& request) const;
  void invoke_apart(gateway::HttpRequest request, std::shared_ptr<gateway::Exchange> exchange);
  std::string parameters() const;

  const core::Forest forest_;
  const ServiceOptions options_;
  std::atomic<std::size_t> waiting_bytes_ = 0;
  gateway::ReadThreads threads_;  // last: its work uses the others
};

}  // namespace handrail::serving
