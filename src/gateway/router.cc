// SPDX-License-Identifier: Apache-2.0
#include "gateway/router.h"

#include <algorithm>

#include "gateway/problem.h"

namespace handrail::gateway {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

// "[::1]:8080" -> "[::1]"
std::string_view without_port(std::string_view host) {
  const std::size_t bracket = host.find(']');
  if (bracket != std::string_view::npos) return host.substr(0, bracket + 1);
  return host.substr(0, host.find(':'));
}

// What a browser sends on behalf of another site. Programs send neither header.
bool is_cross_site(const HttpRequest& request) {
  const std::string_view fetch_site = request.header("sec-fetch-site");
  if (!fetch_site.empty()) return fetch_site != "same-origin" && fetch_site != "none";
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return false;
  return origin != (request.is_secure ? "https://" : "http://") + std::string(request.header("host"));
}

Headers cors_headers(std::string_view origin) {
  if (origin.empty()) return {};
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Allow-Credentials", "true"},
          {"Access-Control-Expose-Headers", "Retry-After, X-Durability"},
          {"Vary", "Origin"}};
}

// Adds headers to whatever the route answers.
class DecoratedExchange final : public Exchange {
 public:
  DecoratedExchange(std::shared_ptr<Exchange> inner, Headers headers)
      : inner_(std::move(inner)), headers_(std::move(headers)) {}
  void respond(HttpResponse response) override {
    response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
    inner_->respond(std::move(response));
  }
  std::shared_ptr<EventStream> open_stream(Headers headers) override {
    headers.insert(headers.end(), headers_.begin(), headers_.end());
    return inner_->open_stream(std::move(headers));
  }

 private:
  std::shared_ptr<Exchange> inner_;
  Headers headers_;
};

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET, HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
    default:
      return "OPTIONS";
  }
}

HttpResponse preflight(const HttpRequest& request) {
  HttpResponse response{200, "text/plain", "", cors_headers(request.header("origin"))};
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");
  response.headers.emplace_back(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Type, Content-Encoding, Accept, X-Requested-With, X-Client-Type, "
      "X-Environment, Cache-Control, Last-Event-ID");
  response.headers.emplace_back("Access-Control-Max-Age", "86400");
  return response;
}

HttpResponse no_route(const HttpRequest& request, std::string allowed) {
  if (allowed.empty()) return problem(404, "no_such_route", "nothing is served at " + request.path);
  HttpResponse refusal = problem(405, "method_not_allowed", "this route does not know the method");
  refusal.headers.emplace_back("Allow", std::move(allowed));
  return refusal;
}

std::string literal_key(Method method, std::string_view path) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(method)));
  return key.append(path);
}

}  // namespace

void allow_origin(HttpResponse& response, std::string_view origin) {
  for (auto& header : cors_headers(origin)) response.headers.push_back(std::move(header));
}

void refuse_openly(const HttpRequest& request, Exchange& exchange, HttpResponse refusal) {
  allow_origin(refusal, request.header("origin"));
  exchange.respond(std::move(refusal));
}

Router::Router(std::vector<std::string> hosts, Guard& guard, telemetry::Metrics& metrics)
    : hosts_(std::move(hosts)),
      guard_(guard),
      requests_(metrics.counter("handrail_http_requests_total", "Requests received")),
      refused_host_(
          metrics.counter("handrail_http_refused_total", "Requests refused before their route", {{"reason", "host"}})),
      refused_cross_site_(metrics.counter("handrail_http_refused_total", "Requests refused before their route",
                                          {{"reason", "cross_site"}})) {}

void Router::add(Method method, std::string_view pattern, Access access, Route route) {
  std::vector<std::string> parts;
  for (std::string_view part : parts_of(pattern)) parts.emplace_back(part);
  if (pattern.find_first_of("{*") == std::string_view::npos)
    literal_.emplace(literal_key(method, pattern), entries_.size());
  entries_.push_back({method, std::move(parts), access, std::move(route)});
}

// The entry of the request. Where there is none, `allowed` lists the methods that the path knows.
const Router::Entry* Router::find(const HttpRequest& request, std::vector<std::string>& params,
                                  std::string& allowed) const {
  const Method method = request.method == Method::kHead ? Method::kGet : request.method;
  if (const auto found = literal_.find(literal_key(method, request.path)); found != literal_.end())
    return &entries_[found->second];
  const auto parts = parts_of(request.path);
  for (const Entry& entry : entries_) {
    if (!matches(entry, parts, params)) continue;
    if (entry.method == method) return &entry;
    const std::string_view name = name_of(entry.method);
    if (allowed.find(name) == std::string::npos) allowed.append(allowed.empty() ? "" : ", ").append(name);
  }
  return nullptr;
}

bool Router::matches(const Entry& entry, const std::vector<std::string_view>& parts, std::vector<std::string>& params) {
  params.clear();
  for (std::size_t i = 0; i < entry.parts.size(); ++i) {
    const std::string& expected = entry.parts[i];
    if (expected == "*") {
      std::string rest;
      for (std::size_t j = i; j < parts.size(); ++j) rest.append(j == i ? "" : "/").append(parts[j]);
      params.push_back(std::move(rest));
      return true;
    }
    if (i >= parts.size()) return false;
    if (expected.starts_with('{')) {
      if (parts[i].empty()) return false;
      params.emplace_back(parts[i]);
    } else if (expected != parts[i]) {
      return false;
    }
  }
  return entry.parts.size() == parts.size();
}

bool Router::is_own_host(std::string_view host) const {
  return hosts_.empty() || std::ranges::find(hosts_, without_port(host)) != hosts_.end();
}

void Router::handle(HttpRequest request, std::shared_ptr<Exchange> exchange) const {
  requests_.add();
  if (!is_own_host(request.header("host"))) {
    refused_host_.add();
    return exchange->respond(
        problem(421, "foreign_host", "this server does not answer to that name; server.hosts lists its own", "Host"));
  }
  if (request.path.empty() || request.path.front() != '/')
    return exchange->respond(problem(400, "bad_path", "the path must begin with /"));
  if (request.method == Method::kOptions) return exchange->respond(preflight(request));
  std::string allowed;
  std::vector<std::string> params;
  const Entry* entry = find(request, params, allowed);
  if (entry == nullptr) return exchange->respond(no_route(request, std::move(allowed)));
  if (is_for_people(entry->access) && is_cross_site(request)) {
    refused_cross_site_.add();
    return exchange->respond(problem(
        403, "cross_site", "routes for people refuse requests that another site makes a browser send", "Origin"));
  }
  if (is_for_pages(entry->access)) {
    auto headers = cors_headers(request.header("origin"));
    if (!headers.empty()) exchange = std::make_shared<DecoratedExchange>(std::move(exchange), std::move(headers));
  }
  auto caller = guard_.let_in(request, entry->access);
  if (!caller) return exchange->respond(std::move(caller.error()));
  auto call = std::make_shared<Call>();
  call->caller = std::move(*caller);
  call->request = std::move(request);
  call->params = std::move(params);
  call->exchange = std::move(exchange);
  entry->route(std::move(call));
}

}  // namespace handrail::gateway
