// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace handrail::telemetry {

using Labels = std::map<std::string, std::string>;

// Handles stay valid as long as the Metrics they came from. Thread-safe and cheap.
class Counter {
 public:
  void add(double by = 1) const;

 private:
  friend class Metrics;
  explicit Counter(void* impl) : impl_(impl) {}
  void* impl_;
};

class Histogram {
 public:
  void observe(double value) const;

 private:
  friend class Metrics;
  explicit Histogram(void* impl) : impl_(impl) {}
  void* impl_;
};

// The program's figures, rendered in Prometheus' text format. The same name and labels give the same series.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  // Buckets are upper bounds, ascending.
  Histogram histogram(const std::string& name, const std::string& help, std::vector<double> buckets,
                      const Labels& labels = {});
  // Values that are asked for when the figures are read; a counter's never falls.
  void counter(const std::string& name, const std::string& help, std::function<double()> value,
               const Labels& labels = {});
  void gauge(const std::string& name, const std::string& help, std::function<double()> value,
             const Labels& labels = {});

  std::string render();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 1 to 100,000: for numbers of things.
std::vector<double> count_buckets();
// 100 us to 30 s: for spans in seconds.
std::vector<double> latency_buckets();

}  // namespace handrail::telemetry
