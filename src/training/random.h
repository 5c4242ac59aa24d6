// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace handrail::training {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on any machine.
constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15); }
  // 0 to bound - 1; bound is at most 2^31.
  std::uint64_t below(std::uint64_t bound) { return (next() >> 32) * bound >> 32; }

 private:
  std::uint64_t state_;
};

// In which of `folds` a visitor is: the same for all of its rows.
constexpr std::uint64_t fold_of(std::uint64_t visitor, std::uint64_t folds, std::uint64_t seed) {
  return mixed(visitor + mixed(seed + 0x9e3779b97f4a7c15)) % folds;
}

}  // namespace handrail::training
