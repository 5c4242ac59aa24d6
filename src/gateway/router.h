// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/access/guard.h"
#include "gateway/http.h"
#include "telemetry/metrics.h"

namespace handrail::gateway {

// One request on its way through a route.
struct Call {
  HttpRequest request;
  std::vector<std::string> params;  // what the pattern's {names} stand for, in order
  Caller caller;
  std::shared_ptr<Exchange> exchange;
  std::shared_ptr<void> hold;  // let go when the call is over

  void respond(HttpResponse response) const { exchange->respond(std::move(response)); }
};
using CallPtr = std::shared_ptr<Call>;

// Lets a page of that origin read the answer.
void allow_origin(HttpResponse& response, std::string_view origin);
// Answers with the CORS headers of a public route, so that a page of another origin can read what it should do.
void refuse_openly(const HttpRequest& request, Exchange& exchange, HttpResponse refusal);

// Finds the route of a request and guards it: Host, cross-site requests, CORS, preflights, methods, and by the guard
// who may. Routes for people refuse what another site makes a browser send.
class Router {
 public:
  using Route = std::function<void(CallPtr)>;

  // The names that a request's Host may have; a page of another site could make its own point here (DNS rebinding).
  // Empty: any.
  Router(std::vector<std::string> hosts, Guard& guard, telemetry::Metrics& metrics);
  // Pattern: "/v1/visitors/{visitor}/events"; a last "*" takes the rest of the path.
  void add(Method method, std::string_view pattern, Access access, Route route);
  void handle(HttpRequest request, std::shared_ptr<Exchange> exchange) const;

 private:
  struct Entry {
    Method method;
    std::vector<std::string> parts;
    Access access;
    Route route;
  };
  static bool matches(const Entry& entry, const std::vector<std::string_view>& parts, std::vector<std::string>& params);

  const Entry* find(const HttpRequest& request, std::vector<std::string>& params, std::string& allowed) const;

  bool is_own_host(std::string_view host) const;

  const std::vector<std::string> hosts_;
  Guard& guard_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> literal_;  // method and path to the entry: most requests are found so
  telemetry::Counter requests_;
  telemetry::Counter refused_host_;
  telemetry::Counter refused_cross_site_;
};

}  // namespace handrail::gateway
