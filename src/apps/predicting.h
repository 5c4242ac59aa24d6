// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/aws/credentials.h"
#include "adapters/aws/http_client.h"
#include "config/config.h"
#include "engine/prediction_desk.h"

namespace handrail {

// What asks an endpoint for predictions, put together by the configuration.
class Predicting {
 public:
  // Nothing where predictor.kind says that nobody is asked. kInvalidArgument where no region is named.
  static Result<std::unique_ptr<Predicting>> make(const Config& config, RecordSink& log, const Clock& clock,
                                                  telemetry::Metrics& metrics);

  PredictionDesk& desk() { return *desk_; }
  std::string name() const { return predictor_->name(); }

 private:
  Predicting(const Config& config, const std::string& region, RecordSink& log, const Clock& clock,
             telemetry::Metrics& metrics);

  std::unique_ptr<aws::HttpClient> http_;
  aws::CredentialChain credentials_;
  std::unique_ptr<Predictor> predictor_;
  std::unique_ptr<PredictionDesk> desk_;
};

}  // namespace handrail
