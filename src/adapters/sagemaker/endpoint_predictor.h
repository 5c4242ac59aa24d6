// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/aws/signed_calls.h"
#include "ports/predictor.h"

namespace handrail::sagemaker {

struct EndpointOptions {
  std::string region;
  std::string name;            // of the endpoint
  std::string target_variant;  // empty: as the endpoint shares its requests out
  std::string endpoint;        // of the service, where it is another than AWS's own: "http://127.0.0.1:8080"
};

// A real-time endpoint over xgboost's binary:logistic (SageMaker's built-in container, Handrail's own, or one of that
// form): InvokeEndpoint, signed. Asks once; a second time only where the first told that clock or credentials were
// wrong, and there is time left.
class EndpointPredictor final : public Predictor {
 public:
  EndpointPredictor(EndpointOptions options, aws::HttpClient& http, aws::CredentialChain& credentials,
                    const Clock& clock);

  Result<std::vector<double>> ask(std::span<const std::vector<float>> rows, Millis within) override;
  std::string name() const override;

 private:
  const EndpointOptions options_;
  const Clock& clock_;
  aws::SignedCalls calls_;
};

}  // namespace handrail::sagemaker
