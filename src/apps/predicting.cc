// SPDX-License-Identifier: Apache-2.0
#include "apps/predicting.h"

#include "adapters/sagemaker/endpoint_predictor.h"
#include "apps/cloud.h"

namespace handrail {
namespace {

PredictionDeskOptions desk_options(const Config::Predictor& config) {
  PredictionDeskOptions o;
  o.site = config.site;
  o.model_version = static_cast<std::uint64_t>(config.model_version);
  o.deadline = config.deadline_ms;
  o.in_flight = static_cast<std::size_t>(config.in_flight);
  o.queue_max = static_cast<std::size_t>(config.queue);
  o.min_interval = config.min_interval_ms;
  o.breaker.open = config.open_ms;
  o.breaker.open_max = config.open_max_ms;
  return o;
}

}  // namespace

Result<std::unique_ptr<Predicting>> Predicting::make(const Config& config, RecordSink& log, const Clock& clock,
                                                     telemetry::Metrics& metrics) {
  if (config.predictor.kind == "embedded") return std::unique_ptr<Predicting>();
  const std::string region = config.predictor.region.empty() ? aws_region_of(config) : config.predictor.region;
  if (region.empty())
    return fail(ErrorCode::kInvalidArgument, "predictor.region: name a region, there, in aws.region or in AWS_REGION",
                "predictor.region");
  return std::unique_ptr<Predicting>(new Predicting(config, region, log, clock, metrics));
}

Predicting::Predicting(const Config& config, const std::string& region, RecordSink& log, const Clock& clock,
                       telemetry::Metrics& metrics)
    : http_(aws::make_curl_client(aws_http_options())),
      credentials_(aws::Surroundings::of_this_process(), *http_, clock) {
  const Config::Predictor& p = config.predictor;
  predictor_ = std::make_unique<sagemaker::EndpointPredictor>(
      sagemaker::EndpointOptions{region, p.endpoint_name, p.target_variant, p.endpoint}, *http_, credentials_, clock);
  desk_ = std::make_unique<PredictionDesk>(desk_options(p), PredictionDesk::Ports{*predictor_, log, clock}, metrics);
}

}  // namespace handrail
