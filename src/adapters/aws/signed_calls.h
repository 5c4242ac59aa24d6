// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <tl/expected.hpp>

#include "adapters/aws/clock_watch.h"
#include "adapters/aws/credentials.h"
#include "adapters/aws/http_client.h"
#include "adapters/aws/retry.h"
#include "ports/clock.h"

namespace handrail::aws {

// What a service said no with, or why it was not heard.
struct ServiceError {
  ErrorCode code = ErrorCode::kInternal;  // kUnavailable and kTimeout: later may do
  std::string type;                       // "ConditionalCheckFailedException"; empty where nothing was heard
  std::string message;
  int status = 0;
};

// As an Error of ours, with the service's own words.
Error error_of(const ServiceError& why);
// What is told by a reply of another status than 200.
ServiceError service_error_in(const HttpReply& reply);
// Whether the service says "not so much at once".
bool is_throttle(const ServiceError& error);

// Counted by who calls, read by anyone.
struct ClientCounters {
  std::atomic<std::uint64_t> calls{0}, repeats{0}, throttled{0}, failed{0}, clock_corrections{0};
};

// AWS's own endpoint: "dynamodb" or "runtime.sagemaker", and the region.
std::string endpoint_of_aws(const std::string& service, const std::string& region);

// What is asked for, without host, date and signature.
struct UnsignedCall {
  std::string path = "/";  // percent-encoded once
  Fields headers;          // names in lower case
  std::string body;
  Millis connect_within = kSecond;
  Millis within = 5 * kSecond;
};

// Single requests to one service: POSTed, signed, with a clock that is set right and credentials that are looked for
// anew when the service complains of them. Repeats nothing. Thread-safe; blocks, and that longer than `within` while
// credentials are looked for.
class SignedCalls {
 public:
  struct Refusal {
    ServiceError error;
    bool may_repeat = false;
    bool is_set_right = false;  // clock or credentials: the next one is signed otherwise
    int tokens = RetryBudget::kOfRepeat;
  };

  SignedCalls(Scope scope, const std::string& endpoint, HttpClient& http, CredentialChain& credentials,
              const Clock& clock);

  // The reply of status 200.
  tl::expected<HttpReply, Refusal> send(UnsignedCall call);

  const std::string& endpoint() const { return endpoint_; }
  Millis clock_strays() const { return clock_watch_.strays(); }
  ClientCounters& counters() { return counters_; }
  const ClientCounters& counters() const { return counters_; }

 private:
  Refusal judge(const HttpReply& reply);
  bool corrects_clock(const ServiceError& error, const HttpReply& reply);

  const Scope scope_;
  const std::string endpoint_;
  const std::string host_;
  HttpClient& http_;
  CredentialChain& credentials_;
  const Clock& clock_;
  std::atomic<Millis> skew_{0};  // the service's clock less ours
  ClockWatch clock_watch_;
  ClientCounters counters_;
};

}  // namespace handrail::aws
