// SPDX-License-Identifier: Apache-2.0
#include "adapters/lambda/runtime_api.h"

#include <boost/json.hpp>
#include <charconv>

namespace handrail::lambda {

namespace {

std::string error_body(const std::string& type, const std::string& why) {
  return boost::json::serialize(
      boost::json::object{{"errorType", type}, {"errorMessage", why}, {"stackTrace", boost::json::array{}}});
}

}  // namespace

Result<Invocation> RuntimeApi::next() {
  constexpr Millis kForEver = 0;
  auto reply = http_.send({"GET", base_ + "invocation/next", {}, {}, kSecond, kForEver});
  if (!reply) return pass_on(reply);
  if (reply->status != 200)
    return fail(ErrorCode::kInternal, "the Runtime API answers " + std::to_string(reply->status) + ": " + reply->body);
  Invocation invocation{reply->header("lambda-runtime-aws-request-id"), 0, std::move(reply->body)};
  const std::string deadline = reply->header("lambda-runtime-deadline-ms");
  std::from_chars(deadline.data(), deadline.data() + deadline.size(), invocation.deadline);
  return invocation;
}

Result<void> RuntimeApi::post(const std::string& path, const std::string& body, const std::string& error_type) {
  aws::Fields headers{{"content-type", "application/json"}};
  if (!error_type.empty()) headers.emplace_back("lambda-runtime-function-error-type", error_type);
  auto reply = http_.send({"POST", base_ + path, std::move(headers), body, kSecond, 10 * kSecond});
  if (!reply) return pass_on(reply);
  if (reply->status == 200 || reply->status == 202) return {};
  return fail(ErrorCode::kInternal, "the Runtime API answers " + std::to_string(reply->status) + ": " + reply->body);
}

Result<void> RuntimeApi::respond(const Invocation& invocation, const std::string& answer) {
  return post("invocation/" + invocation.id + "/response", answer, {});
}

Result<void> RuntimeApi::report_failure(const Invocation& invocation, const std::string& type, const std::string& why) {
  return post("invocation/" + invocation.id + "/error", error_body(type, why), type);
}

Result<void> RuntimeApi::report_init_failure(const std::string& type, const std::string& why) {
  return post("init/error", error_body(type, why), type);
}

}  // namespace handrail::lambda
