// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "adapters/aws/signed_calls.h"
#include "ports/clock.h"

namespace handrail::aws {

struct ClientOptions {
  Scope scope;
  std::string endpoint;  // of another than AWS's own, e.g. "http://127.0.0.1:8000"; empty: AWS's of the region
  std::string content_type = "application/x-amz-json-1.0";
  RetryPolicy retry;
  Millis connect_within = kSecond;
  Millis try_within = 5 * kSecond;
  Millis within = 15 * kSecond;  // all tries and pauses
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

  const ClientCounters& counters() const { return calls_.counters(); }
  // Of this machine's clock against the service's; milliseconds, see ClockWatch.
  Millis clock_strays() const { return calls_.clock_strays(); }
  const std::string& endpoint() const { return calls_.endpoint(); }

 private:
  const ClientOptions options_;
  Surrounding around_;
  SignedCalls calls_;
  RetryBudget budget_;
};

}  // namespace handrail::aws
