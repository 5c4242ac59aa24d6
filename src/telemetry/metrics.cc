// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>

namespace handrail::telemetry {

struct Metrics::Impl {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;  // guards the two below
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> gauges;
  std::vector<std::pair<prometheus::Counter*, std::function<double()>>> counters;
};

void Counter::add(double by) const { static_cast<prometheus::Counter*>(impl_)->Increment(by); }
void Histogram::observe(double value) const { static_cast<prometheus::Histogram*>(impl_)->Observe(value); }

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  return Counter{&family.Add(labels)};
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, std::vector<double> buckets,
                             const Labels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  return Histogram{&family.Add(labels, buckets)};
}

void Metrics::gauge(const std::string& name, const std::string& help, std::function<double()> value,
                    const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  std::lock_guard lock(impl_->mutex);
  impl_->gauges.emplace_back(&family.Add(labels), std::move(value));
}

void Metrics::counter(const std::string& name, const std::string& help, std::function<double()> value,
                      const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  std::lock_guard lock(impl_->mutex);
  impl_->counters.emplace_back(&family.Add(labels), std::move(value));
}

std::string Metrics::render() {
  {
    std::lock_guard lock(impl_->mutex);
    for (auto& [gauge, value] : impl_->gauges) gauge->Set(value());
    for (auto& [counter, value] : impl_->counters) counter->Increment(std::max(0.0, value() - counter->Value()));
  }
  return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

std::vector<double> count_buckets() {
  return {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000, 20'000, 50'000, 100'000};
}

std::vector<double> latency_buckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015,
          0.025,  0.05,    0.1,    0.25,  0.5,   1,     2.5,   5,      10,   30};
}

}  // namespace handrail::telemetry
