// SPDX-License-Identifier: Apache-2.0
#include "apps/onlookers.h"

namespace handrail {

Result<std::unique_ptr<Onlookers>> Onlookers::make(const Config& config, RecordSink& log, const Clock& clock,
                                                   telemetry::Metrics& metrics, std::vector<core::JourneyWatch*> more) {
  std::unique_ptr<Onlookers> all(new Onlookers);
  auto predicting = Predicting::make(config, log, clock, metrics);
  if (!predicting) return pass_on(predicting);
  auto analysing = Analysing::make(config, log, clock, metrics);
  if (!analysing) return pass_on(analysing);
  all->predicting_ = std::move(*predicting);
  all->analysing_ = std::move(*analysing);
  if (all->predicting_) more.push_back(&all->predicting_->desk());
  if (all->analysing_) more.push_back(&all->analysing_->desk());
  all->watches_ = std::make_unique<core::JourneyWatches>(std::move(more));
  return all;
}

void Onlookers::start() {
  if (predicting_) predicting_->desk().start();
  if (analysing_) analysing_->desk().start();
}

void Onlookers::stop() {
  if (predicting_) predicting_->desk().stop();
  if (analysing_) analysing_->desk().stop();
}

}  // namespace handrail
