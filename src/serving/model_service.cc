// SPDX-License-Identifier: Apache-2.0
#include "serving/model_service.h"

#include <fmt/format.h>

#include "gateway/problem.h"

namespace handrail::serving {

using gateway::Exchange;
using gateway::HttpRequest;
using gateway::HttpResponse;
using gateway::Method;
using gateway::problem;

namespace {

HttpResponse not_allowed(const char* allowed) {
  HttpResponse response = problem(405, "method_not_allowed", std::string("use ") + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

// Where containers are asked, and where a client of InvokeEndpoint asks, whatever it calls the endpoint.
bool is_invocation(std::string_view path) {
  constexpr std::string_view kBegin = "/endpoints/", kEnd = "/invocations";
  if (path == kEnd) return true;
  if (!path.starts_with(kBegin) || !path.ends_with(kEnd) || path.size() <= kBegin.size() + kEnd.size()) return false;
  return path.substr(kBegin.size(), path.size() - kBegin.size() - kEnd.size()).find('/') == std::string_view::npos;
}

}  // namespace

ModelService::ModelService(core::Forest forest, ServiceOptions options)
    : forest_(std::move(forest)), options_(options), threads_(options.threads) {}

void ModelService::stop() { threads_.stop(); }

// For batch transforms, which ask before they begin.
std::string ModelService::parameters() const {
  return fmt::format(R"({{"MaxConcurrentTransforms":{},"BatchStrategy":"MULTI_RECORD","MaxPayloadInMB":{}}})",
                     options_.threads, options_.body_bytes_max >> 20);
}

void ModelService::handle(HttpRequest request, std::shared_ptr<Exchange> exchange) {
  const bool is_read = request.method == Method::kGet || request.method == Method::kHead;
  if (request.path == "/ping")
    return exchange->respond(is_read ? HttpResponse{200, "text/plain", "", {}} : not_allowed("GET"));
  if (request.path == "/execution-parameters")
    return exchange->respond(is_read ? HttpResponse{200, "application/json", parameters(), {}} : not_allowed("GET"));
  if (!is_invocation(request.path))
    return exchange->respond(problem(404, "not_found", "there are /ping, /execution-parameters and /invocations"));
  if (request.method != Method::kPost) return exchange->respond(not_allowed("POST"));
  if (request.body.size() <= kSmallBytes) return exchange->respond(invoke(request));
  invoke_apart(std::move(request), std::move(exchange));
}

void ModelService::invoke_apart(HttpRequest request, std::shared_ptr<Exchange> exchange) {
  const std::size_t bytes = request.body.size();
  if (waiting_bytes_.fetch_add(bytes) + bytes > kWaitingBodies * options_.body_bytes_max) {
    waiting_bytes_ -= bytes;
    return exchange->respond(problem(503, "busy", "too many large requests wait; send fewer at once"));
  }
  const auto shared = std::make_shared<HttpRequest>(std::move(request));
  const bool is_taken = threads_.run([this, shared, exchange, bytes] {
    exchange->respond(invoke(*shared));
    waiting_bytes_ -= bytes;
  });
  if (is_taken) return;
  waiting_bytes_ -= bytes;
  exchange->respond(problem(503, "busy", "too many large requests wait; send fewer at once"));
}

HttpResponse ModelService::invoke(const HttpRequest& request) const {
  const auto form = form_of_type(request.header("content-type"));
  if (!form)
    return problem(415, "unsupported_type", "send text/csv, application/json or application/jsonlines", "Content-Type");
  if (!request.header("content-encoding").empty() && request.header("content-encoding") != "identity")
    return problem(415, "unsupported_encoding", "send it without an encoding", "Content-Encoding");
  const auto answer = form_to_answer(request.header("accept"), options_.answer);
  if (!answer)
    return problem(406, "not_acceptable", "there are text/csv, application/json and application/jsonlines", "Accept");
  if (request.body.empty()) return {204, type_of(*answer), "", {}};
  const auto rows = rows_in(request.body, *form, forest_.features());
  if (!rows) return problem(rows.error());
  std::vector<float> scores(rows->count);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::span row(rows->values.data() + i * forest_.features(), forest_.features());
    scores[i] = core::probability_of_margin(forest_.margin(row));
  }
  return {200, type_of(*answer), scores_as(*answer, scores, options_.layout), {}};
}

}  // namespace handrail::serving
