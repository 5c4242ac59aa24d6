// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace handrail {

// Spans in a fixed space, to within 2 %: 32 buckets for each power of two of microseconds.
class LatencyHistogram {
 public:
  void add_micros(std::int64_t micros) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
    ++counts_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }
  std::uint64_t count() const { return count_; }
  double max_ms() const { return static_cast<double>(max_) / 1000; }
  double quantile_ms(double q) const {
    if (count_ == 0) return 0;
    const auto rank =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= rank) return static_cast<double>(std::min(upper_of(i), max_)) / 1000;
    }
    return max_ms();
  }

 private:
  static constexpr std::uint64_t kSteps = 32;
  static std::size_t bucket_of(std::uint64_t value) {
    if (value < kSteps) return value;
    const int shift = std::bit_width(value) - 6;
    return std::min<std::size_t>((static_cast<std::size_t>(shift) + 1) * kSteps + ((value >> shift) - kSteps), 1279);
  }
  static std::uint64_t upper_of(std::size_t bucket) {
    if (bucket < kSteps) return bucket;
    const std::size_t shift = bucket / kSteps - 1;
    return ((bucket % kSteps + kSteps + 1) << shift) - 1;
  }
  std::array<std::uint64_t, 1280> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace handrail
