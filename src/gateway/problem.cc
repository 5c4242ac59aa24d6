// SPDX-License-Identifier: Apache-2.0
#include "gateway/problem.h"

#include <boost/json.hpp>

#include "telemetry/log.h"

namespace handrail::gateway {
namespace {

struct Mapped {
  int status;
  std::string_view code;
};

Mapped mapped(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return {400, "invalid_argument"};
    case ErrorCode::kNotFound:
      return {404, "not_found"};
    case ErrorCode::kConflict:
      return {409, "conflict"};
    case ErrorCode::kUnavailable:
      return {503, "unavailable"};
    case ErrorCode::kTimeout:
      return {503, "timeout"};
    case ErrorCode::kLimitExceeded:
      return {413, "limit_exceeded"};
    case ErrorCode::kCorrupt:
      return {500, "corrupt"};
    case ErrorCode::kInternal:
      return {500, "internal"};
  }
  return {500, "internal"};
}

}  // namespace

HttpResponse problem(int status, std::string_view code, std::string detail, std::string_view field,
                     std::optional<std::int64_t> limit) {
  boost::json::object body{{"type", "about:blank"},
                           {"title", std::string(code)},
                           {"status", status},
                           {"code", std::string(code)},
                           {"detail", std::move(detail)}};
  if (!field.empty()) body["field"] = std::string(field);
  if (limit) body["limit"] = *limit;
  HttpResponse response{status, "application/problem+json", boost::json::serialize(body), {}};
  if (status == 503 || status == 429) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse problem(const Error& error) {
  const auto [status, code] = mapped(error.code);
  if (status == 500) {  // names files and bytes of ours
    telemetry::log_warning(error.message);
    return problem(status, code, "an error of the server's own; its log says more");
  }
  return problem(status, code, error.message, error.field, error.limit);
}

}  // namespace handrail::gateway
