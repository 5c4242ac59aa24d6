// SPDX-License-Identifier: Apache-2.0
#include "apps/latency.h"

#include <doctest/doctest.h>

using namespace handrail;

TEST_CASE("latencies: quantiles of a fixed space lie within four percent, and never above the largest") {
  LatencyHistogram histogram;
  for (std::int64_t micros = 1; micros <= 1'000'000; ++micros) histogram.add_micros(micros);
  for (const double q : {.01, .1, .5, .9, .99, .999}) {
    CAPTURE(q);
    CHECK(histogram.quantile_ms(q) >= q * 1000 * .999);
    CHECK(histogram.quantile_ms(q) <= q * 1000 * 1.04);
  }
  CHECK(histogram.quantile_ms(1) == doctest::Approx(1000));
  CHECK(histogram.max_ms() == doctest::Approx(1000));
  CHECK(histogram.count() == 1'000'000);
}

TEST_CASE("latencies: none, the smallest and the largest") {
  LatencyHistogram histogram;
  CHECK(histogram.quantile_ms(.5) == 0);
  histogram.add_micros(-5);
  CHECK(histogram.quantile_ms(.5) == 0);
  histogram.add_micros(INT64_MAX / 2);
  CHECK(histogram.max_ms() > 1e12);
  CHECK(histogram.quantile_ms(1) <= histogram.max_ms());
}
