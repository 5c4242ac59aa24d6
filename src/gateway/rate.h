// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "gateway/gateway.h"

namespace handrail::gateway {

// Token buckets by name (an address, a site), each with a second's worth of burst. Bounded: when too many addresses are
// known, the full buckets (nothing lost by forgetting them) go.
class Gateway::Buckets {
 public:
  static constexpr std::size_t kNamesMax = 65'536;

  bool take(const std::string& name, std::uint32_t per_second, std::int64_t now_us) {
    newest_ = now_us;
    auto [it, is_new] = buckets_.try_emplace(name, Bucket{static_cast<double>(per_second), now_us, 0});
    Bucket& bucket = it->second;
    bucket.per_second = per_second;
    bucket.tokens = refilled(bucket);
    bucket.at = now_us;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  void forget_idle() {
    if (buckets_.size() < kNamesMax / 2) return;
    std::erase_if(buckets_, [&](const auto& item) { return refilled(item.second) >= item.second.per_second; });
    if (buckets_.size() > kNamesMax) buckets_.clear();
  }

 private:
  struct Bucket {
    double tokens;
    std::int64_t at;
    double per_second;
  };
  double refilled(const Bucket& bucket) const {
    const double grown = bucket.tokens + static_cast<double>(newest_ - bucket.at) / 1e6 * bucket.per_second;
    return grown > bucket.per_second ? bucket.per_second : grown;
  }

  std::int64_t newest_ = 0;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace handrail::gateway
