// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
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

struct ClientOptions {
  Scope scope;
  std::string endpoint;  // of another than AWS's own, e.g. "http://127.0.0.1:8000"; empty: AWS's of the region
  std::string content_type = "application/x-amz-json-1.0";
  RetryPolicy retry;
  Millis connect_within = kSecond;
  Millis try_within = 5 * kSecond;
  Millis within = 15 * kSecond;  // all tries and pauses
};

// Counted by a client, read by anyone.
struct ClientCounters {
  std::atomic<std::uint64_t> calls{0}, repeats{0}, throttled{0}, failed{0}, clock_corrections{0};
};

// Calls the operations of one service of the JSON protocols (DynamoDB, Kinesis): signed, repeated where that may help,
// with a clock that is set right when the service complains. An answer that did not come is asked for again, so an
// operation may be done twice: callers make theirs idempotent. Thread-safe; blocks.
class Client {
 public:
  struct Surrounding {
    HttpClient& http;
    CredentialChain& credentials;
    const Clock& clock;
    std::function<void(Millis)> pause;  // waits
    std::function<double()> draw;       // from [0, 1); thread-safe
  };
  using Reply = tl::expected<std::string, ServiceError>;

  Client(ClientOptions options, Surrounding surrounding);

  // `target`: "DynamoDB_20120810.GetItem". The answer's body.
  Reply call(const std::string& target, const std::string& body);

  const ClientCounters& counters() const { return counters_; }
  // Of this machine's clock against the service's; milliseconds, see ClockWatch.
  Millis clock_strays() const { return clock_watch_.strays(); }
  const std::string& endpoint() const { return endpoint_; }

 private:
  struct Verdict {
    ServiceError error;
    bool may_repeat = false;
    int tokens = RetryBudget::kOfRepeat;
  };
  tl::expected<std::string, Verdict> try_once(const std::string& target, const std::string& body, Millis left);
  Verdict judge(const HttpReply& reply);
  bool corrects_clock(const ServiceError& error, const HttpReply& reply);

  const ClientOptions options_;
  const std::string endpoint_;
  const std::string host_;
  Surrounding around_;
  RetryBudget budget_;
  std::atomic<Millis> skew_{0};  // the service's clock less ours
  ClockWatch clock_watch_;
  ClientCounters counters_;
};

}  // namespace handrail::aws
