// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "gateway/gateway.h"

namespace handrail::gateway {

// A token bucket per address, with a second's worth of burst. Bounded: when too many addresses are known, the full
// buckets (nothing lost by forgetting them) go.
class Gateway::Buckets {
 public:
  static constexpr std::size_t kAddressesMax = 65'536;

  explicit Buckets(std::uint32_t per_second) : per_second_(per_second) {}

  bool take(const std::string& address, std::int64_t now_us) {
    newest_ = now_us;
    auto [it, is_new] = buckets_.try_emplace(address, Bucket{static_cast<double>(per_second_), now_us});
    Bucket& bucket = it->second;
    bucket.tokens = refilled(bucket);
    bucket.at = now_us;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  void forget_idle() {
    if (buckets_.size() < kAddressesMax / 2) return;
    std::erase_if(buckets_, [&](const auto& item) { return refilled(item.second) >= per_second_; });
    if (buckets_.size() > kAddressesMax) buckets_.clear();
  }

 private:
  struct Bucket {
    double tokens;
    std::int64_t at;
  };
  double refilled(const Bucket& bucket) const {
    const double grown = bucket.tokens + static_cast<double>(newest_ - bucket.at) / 1e6 * per_second_;
    return grown > per_second_ ? per_second_ : grown;
  }

  const std::uint32_t per_second_;
  std::int64_t newest_ = 0;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace handrail::gateway
