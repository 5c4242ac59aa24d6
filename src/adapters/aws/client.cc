// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/client.h"

#include <algorithm>

namespace handrail::aws {

Client::Client(ClientOptions options, Surrounding surrounding)
    : options_(std::move(options)),
      around_(std::move(surrounding)),
      calls_(options_.scope,
             options_.endpoint.empty() ? endpoint_of_aws(options_.scope.service, options_.scope.region)
                                       : options_.endpoint,
             around_.http, around_.credentials, around_.clock) {}

Client::Reply Client::call(const std::string& target, const std::string& body) {
  ++calls_.counters().calls;
  const std::int64_t end = around_.clock.monotonic_micros() + options_.within * 1000;
  int taken = 0;
  for (int attempt = 1;; ++attempt) {
    const Millis left = (end - around_.clock.monotonic_micros()) / 1000;
    auto reply = calls_.send({"/",
                              {{"content-type", options_.content_type}, {"x-amz-target", target}},
                              body,
                              options_.connect_within,
                              std::clamp<Millis>(left, 1, options_.try_within)});
    if (reply) {
      budget_.give_back(taken + RetryBudget::kBackAfterSuccess);
      return std::move(reply->body);
    }
    const SignedCalls::Refusal& no = reply.error();
    const Millis pause = pause_before(attempt + 1, options_.retry, around_.draw());
    const bool is_last = attempt >= options_.retry.attempts || !no.may_repeat || left <= pause;
    if (is_last || !budget_.take(no.tokens)) {
      ++calls_.counters().failed;
      return tl::unexpected(no.error);
    }
    taken += no.tokens;
    ++calls_.counters().repeats;
    around_.pause(pause);
  }
}

}  // namespace handrail::aws
