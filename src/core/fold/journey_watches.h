// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "core/fold/journey_watch.h"

namespace handrail::core {

// Several that look on as one: each is told of everything, in their order. They outlive it. As thread-safe as they are.
class JourneyWatches final : public JourneyWatch {
 public:
  explicit JourneyWatches(std::vector<JourneyWatch*> all) : all_(std::move(all)) {}

  // The first who wants something in particular.
  const std::vector<Property>* wanted() const override {
    for (const JourneyWatch* one : all_) {
      if (const auto* wanted = one->wanted()) return wanted;
    }
    return nullptr;
  }
  void on_control(const LoggedRecord& entry) override {
    for (JourneyWatch* one : all_) one->on_control(entry);
  }
  void on_event(const Visitor& visitor, const Event& event) override {
    for (JourneyWatch* one : all_) one->on_event(visitor, event);
  }
  void on_assessed(const Visitor& visitor, const Event& event, const Weights& weights, int struggle) override {
    for (JourneyWatch* one : all_) one->on_assessed(visitor, event, weights, struggle);
  }
  void on_scored(const Visitor& visitor, const ServingModel& model, const FeatureRow& row,
                 const ExitRisk& said) override {
    for (JourneyWatch* one : all_) one->on_scored(visitor, model, row, said);
  }
  void on_read(const Visitor& visitor, const Reading& reading) override {
    for (JourneyWatch* one : all_) one->on_read(visitor, reading);
  }
  void on_outcome(const Visitor& visitor, const Outcome& outcome) override {
    for (JourneyWatch* one : all_) one->on_outcome(visitor, outcome);
  }

 private:
  const std::vector<JourneyWatch*> all_;
};

}  // namespace handrail::core
