// SPDX-License-Identifier: Apache-2.0
#include "adapters/sagemaker/endpoint_predictor.h"

#include "adapters/sagemaker/invocation.h"

namespace handrail::sagemaker {

EndpointPredictor::EndpointPredictor(EndpointOptions options, aws::HttpClient& http, aws::CredentialChain& credentials,
                                     const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      calls_({options_.region, "sagemaker"},
             options_.endpoint.empty() ? aws::endpoint_of_aws("runtime.sagemaker", options_.region) : options_.endpoint,
             http, credentials, clock) {}

std::string EndpointPredictor::name() const {
  return "the SageMaker endpoint " + options_.name + " at " + calls_.endpoint();
}

Result<std::vector<double>> EndpointPredictor::ask(std::span<const std::vector<float>> rows, Millis within) {
  const std::int64_t end = clock_.monotonic_micros() + within * 1000;
  aws::UnsignedCall call;
  call.path = "/endpoints/" + aws::uri_encoded(options_.name) + "/invocations";
  call.headers = {{"accept", "text/csv"}, {"content-type", "text/csv"}};
  if (!options_.target_variant.empty())
    call.headers.emplace_back("x-amzn-sagemaker-target-variant", options_.target_variant);
  call.body = rows_as_csv(rows);
  for (bool is_second = false;; is_second = true) {
    const Millis left = (end - clock_.monotonic_micros()) / 1000;
    if (left <= 0) return fail(ErrorCode::kTimeout, "SageMaker InvokeEndpoint: its time was over before it was sent");
    call.within = call.connect_within = left;
    auto reply = calls_.send(call);
    if (reply) return scores_in(reply->body, reply->header("content-type"), rows.size());
    if (!reply.error().is_set_right || is_second) return tl::unexpected(as_error(reply.error().error));
  }
}

}  // namespace handrail::sagemaker
