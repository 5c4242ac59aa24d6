// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace handrail::bench {

using Steady = std::chrono::steady_clock;

inline double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

// Reorders the values, of which there may be millions, rather than copying them.
inline double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// {"p50":..,"p99":..,"max":..}
inline std::string quantiles_json(std::vector<double> values) {
  return fmt::format(R"({{"p50":{:.4f},"p99":{:.4f},"max":{:.4f}}})", quantile(values, .5), quantile(values, .99),
                     quantile(values, 1));
}

}  // namespace handrail::bench
