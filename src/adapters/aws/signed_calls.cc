// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/signed_calls.h"

#include <boost/json.hpp>
#include <cstdlib>

#include "adapters/aws/text.h"
#include "base/utc.h"

namespace handrail::aws {
namespace {

namespace json = boost::json;

constexpr Millis kSkewMattersFrom = 2 * kMinute;  // AWS takes 5

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

bool is_about_time(const ServiceError& error) {
  return is_one_of(error.type, {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException",
                                "SignatureDoesNotMatch", "AuthFailure", "RequestInTheFuture"});
}

bool is_about_credentials(const ServiceError& error) {
  return is_one_of(error.type, {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException",
                                "InvalidClientTokenId", "TokenRefreshRequired"});
}

// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", or with ":http://..." behind: the name in it.
std::string bare_type(std::string_view type) {
  if (const std::size_t hash = type.find('#'); hash != std::string_view::npos) type.remove_prefix(hash + 1);
  return std::string(type.substr(0, type.find(':')));
}

ErrorCode code_of(const ServiceError& error) {
  if (is_throttle(error) || error.status >= 500) return ErrorCode::kUnavailable;
  if (error.type == "ResourceNotFoundException") return ErrorCode::kNotFound;
  if (is_one_of(error.type, {"ConditionalCheckFailedException", "TransactionCanceledException",
                             "ResourceInUseException", "TransactionConflictException"}))
    return ErrorCode::kConflict;
  return ErrorCode::kInvalidArgument;
}

std::string without_slash(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

std::string host_of(const std::string& endpoint) {
  const std::size_t at = endpoint.find("://");
  return at == std::string::npos ? endpoint : endpoint.substr(at + 3);
}

}  // namespace

bool is_throttle(const ServiceError& error) {
  return error.status == 429 ||
         is_one_of(error.type, {"ProvisionedThroughputExceededException", "ThrottlingException", "Throttling",
                                "RequestLimitExceeded", "LimitExceededException", "KMSThrottlingException",
                                "TooManyRequestsException", "BandwidthLimitExceeded"});
}

Error error_of(const ServiceError& why) {
  std::string message = why.type;
  if (!why.message.empty()) message += (message.empty() ? "" : ": ") + why.message;
  if (message.empty()) message = "status " + std::to_string(why.status);
  return {why.code, std::move(message), {}, {}};
}

ServiceError service_error_in(const HttpReply& reply) {
  boost::system::error_code ec;
  const json::value body = json::parse(reply.body, ec);
  const std::string named = reply.header("x-amzn-errortype");
  ServiceError error;
  error.status = reply.status;
  error.type = bare_type(!named.empty() ? named : ec ? std::string{} : member(body, {"__type", "code"}));
  error.message = ec ? std::string{} : member(body, {"message", "Message"});
  error.code = code_of(error);
  return error;
}

std::string endpoint_of_aws(const std::string& service, const std::string& region) {
  return "https://" + service + "." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
}

SignedCalls::SignedCalls(Scope scope, const std::string& endpoint, HttpClient& http, CredentialChain& credentials,
                         const Clock& clock)
    : scope_(std::move(scope)),
      endpoint_(without_slash(endpoint)),
      host_(host_of(endpoint_)),
      http_(http),
      credentials_(credentials),
      clock_(clock) {}

tl::expected<HttpReply, SignedCalls::Refusal> SignedCalls::send(UnsignedCall call) {
  auto credentials = credentials_.get();
  if (!credentials) {
    const Error& why = credentials.error();
    return tl::unexpected(Refusal{{why.code, {}, why.message, 0}, why.code == ErrorCode::kUnavailable});
  }
  Request request;
  request.path = std::move(call.path);
  request.headers = std::move(call.headers);
  request.headers.emplace_back("host", host_);
  request.body = std::move(call.body);
  sign(request, *credentials, scope_, clock_.now() / 1000 + skew_);
  const Millis asked = clock_.now() / 1000;
  auto reply = http_.send({request.method, endpoint_ + request.path, std::move(request.headers),
                           std::move(request.body), call.connect_within, call.within});
  if (const auto theirs = reply ? parse_http_date(reply->header("date")) : std::nullopt)
    clock_watch_.note(*theirs, asked, clock_.now() / 1000);
  if (reply && reply->status == 200) return std::move(*reply);
  if (reply) return tl::unexpected(judge(*reply));
  const Error& why = reply.error();
  const bool is_timeout = why.code == ErrorCode::kTimeout;
  return tl::unexpected(Refusal{{why.code, {}, why.message, 0},
                                is_timeout || why.code == ErrorCode::kUnavailable,
                                false,
                                is_timeout ? RetryBudget::kOfRepeatAfterTimeout : RetryBudget::kOfRepeat});
}

SignedCalls::Refusal SignedCalls::judge(const HttpReply& reply) {
  Refusal no{service_error_in(reply)};
  if (is_throttle(no.error)) ++counters_.throttled;
  no.is_set_right = corrects_clock(no.error, reply);
  if (is_about_credentials(no.error)) {
    credentials_.forget();
    no.is_set_right = true;
  }
  no.may_repeat = no.is_set_right || no.error.code == ErrorCode::kUnavailable;
  return no;
}

// A signature that the service finds too old or too young, by a clock that is not ours.
bool SignedCalls::corrects_clock(const ServiceError& error, const HttpReply& reply) {
  if (!is_about_time(error)) return false;
  const auto theirs = parse_http_date(reply.header("date"));
  if (!theirs) return false;
  const Millis skew = *theirs - clock_.now() / 1000;
  if (std::abs(skew - skew_) < kSkewMattersFrom) return false;
  skew_ = skew;
  ++counters_.clock_corrections;
  return true;
}

}  // namespace handrail::aws
