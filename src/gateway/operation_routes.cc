// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/gateway.h"
#include "gateway/problem.h"

namespace handrail::gateway {

void Gateway::add_operation_routes() {
  router_.add(Method::kGet, "/livez", Access::kPlain, [](const CallPtr& call) {
    call->respond({200, "text/plain", "ok\n", {}});
  });

  router_.add(Method::kGet, "/readyz", Access::kPlain, [this](const CallPtr& call) {
    if (auto healthy = ports_.log.health(); !healthy)
      return call->respond(problem(503, "log_unavailable", "no events are taken: " + healthy.error().message));
    if (!ready_) return call->respond(problem(503, "draining", "the server is starting or going away"));
    if (auto fault = ports_.engine.fault()) return call->respond(problem(503, "engine_fault", fault->message));
    call->respond({200, "text/plain", "ready\n", {}});
  });

  router_.add(Method::kGet, "/metrics", Access::kWatch, [this](const CallPtr& call) {
    call->respond({200, "text/plain; version=0.0.4", ports_.metrics.render(), {}});
  });

  router_.add(Method::kGet, "/openapi.json", Access::kPlain, [this](const CallPtr& call) {
    const auto document = ports_.assets("openapi.json");
    if (!document) return call->respond(problem(404, "not_found", "this build carries no API document"));
    call->respond({200, "application/json", std::string(document->body), {}});
  });
}

}  // namespace handrail::gateway
