// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/client.h"

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

bool is_throttle(const ServiceError& error) {
  return error.status == 429 ||
         is_one_of(error.type, {"ProvisionedThroughputExceededException", "ThrottlingException", "Throttling",
                                "RequestLimitExceeded", "LimitExceededException", "KMSThrottlingException",
                                "TooManyRequestsException", "BandwidthLimitExceeded"});
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

ServiceError error_in(const HttpReply& reply) {
  boost::system::error_code ec;
  const json::value body = json::parse(reply.body, ec);
  const std::string named = reply.header("x-amzn-errortype");
  ServiceError error;
  error.status = reply.status;
  error.type = bare_type(!named.empty() ? named : ec ? std::string{} : member(body, {"__type", "code"}));
  error.message = ec ? std::string{} : member(body, {"message", "Message"});
  return error;
}

ErrorCode code_of(const ServiceError& error) {
  if (is_throttle(error) || error.status >= 500) return ErrorCode::kUnavailable;
  if (error.type == "ResourceNotFoundException") return ErrorCode::kNotFound;
  if (is_one_of(error.type, {"ConditionalCheckFailedException", "TransactionCanceledException",
                             "ResourceInUseException", "TransactionConflictException"}))
    return ErrorCode::kConflict;
  return ErrorCode::kInvalidArgument;
}

std::string endpoint_of(const ClientOptions& options) {
  std::string endpoint = options.endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (!endpoint.empty()) return endpoint;
  const bool is_china = options.scope.region.starts_with("cn-");
  return "https://" + options.scope.service + "." + options.scope.region + ".amazonaws.com" + (is_china ? ".cn" : "");
}

std::string host_of(const std::string& endpoint) {
  const std::size_t at = endpoint.find("://");
  return at == std::string::npos ? endpoint : endpoint.substr(at + 3);
}

}  // namespace

Error error_of(const ServiceError& why) {
  std::string message = why.type;
  if (!why.message.empty()) message += (message.empty() ? "" : ": ") + why.message;
  if (message.empty()) message = "status " + std::to_string(why.status);
  return {why.code, std::move(message), {}, {}};
}

Client::Client(ClientOptions options, Surrounding surrounding)
    : options_(std::move(options)),
      endpoint_(endpoint_of(options_)),
      host_(host_of(endpoint_)),
      around_(std::move(surrounding)) {}

Client::Reply Client::call(const std::string& target, const std::string& body) {
  ++counters_.calls;
  const std::int64_t end = around_.clock.monotonic_micros() + options_.within * 1000;
  int taken = 0;
  for (int attempt = 1;; ++attempt) {
    const Millis left = (end - around_.clock.monotonic_micros()) / 1000;
    auto reply = try_once(target, body, left);
    if (reply) {
      budget_.give_back(taken + RetryBudget::kBackAfterSuccess);
      return std::move(*reply);
    }
    const Verdict& no = reply.error();
    const Millis pause = pause_before(attempt + 1, options_.retry, around_.draw());
    const bool is_last = attempt >= options_.retry.attempts || !no.may_repeat || left <= pause;
    if (is_last || !budget_.take(no.tokens)) {
      ++counters_.failed;
      return tl::unexpected(no.error);
    }
    taken += no.tokens;
    ++counters_.repeats;
    around_.pause(pause);
  }
}

tl::expected<std::string, Client::Verdict> Client::try_once(const std::string& target, const std::string& body,
                                                            Millis left) {
  auto credentials = around_.credentials.get();
  if (!credentials) {
    const Error& why = credentials.error();
    return tl::unexpected(Verdict{{why.code, {}, why.message, 0}, why.code == ErrorCode::kUnavailable});
  }
  Request request;
  request.headers = {{"content-type", options_.content_type}, {"host", host_}, {"x-amz-target", target}};
  request.body = body;
  sign(request, *credentials, options_.scope, around_.clock.now() / 1000 + skew_);
  const Millis asked = around_.clock.now() / 1000;
  auto reply =
      around_.http.send({request.method, endpoint_ + request.path, std::move(request.headers), std::move(request.body),
                         options_.connect_within, std::clamp<Millis>(left, 1, options_.try_within)});
  if (const auto theirs = reply ? parse_http_date(reply->header("date")) : std::nullopt)
    clock_watch_.note(*theirs, asked, around_.clock.now() / 1000);
  if (reply && reply->status == 200) return std::move(reply->body);
  if (reply) return tl::unexpected(judge(*reply));
  const Error& why = reply.error();
  const bool is_timeout = why.code == ErrorCode::kTimeout;
  return tl::unexpected(Verdict{{why.code, {}, why.message, 0},
                                is_timeout || why.code == ErrorCode::kUnavailable,
                                is_timeout ? RetryBudget::kOfRepeatAfterTimeout : RetryBudget::kOfRepeat});
}

Client::Verdict Client::judge(const HttpReply& reply) {
  Verdict no{error_in(reply)};
  no.error.code = code_of(no.error);
  if (is_throttle(no.error)) ++counters_.throttled;
  no.may_repeat = no.error.code == ErrorCode::kUnavailable || corrects_clock(no.error, reply);
  if (is_about_credentials(no.error)) {
    around_.credentials.forget();
    no.may_repeat = true;
  }
  return no;
}

// A signature that the service finds too old or too young, by a clock that is not ours.
bool Client::corrects_clock(const ServiceError& error, const HttpReply& reply) {
  if (!is_about_time(error)) return false;
  const auto theirs = parse_http_date(reply.header("date"));
  if (!theirs) return false;
  const Millis skew = *theirs - around_.clock.now() / 1000;
  if (std::abs(skew - skew_) < kSkewMattersFrom) return false;
  skew_ = skew;
  ++counters_.clock_corrections;
  return true;
}

}  // namespace handrail::aws
