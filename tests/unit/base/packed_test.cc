// SPDX-License-Identifier: Apache-2.0
#include "base/packed.h"

#include <doctest/doctest.h>

#include <random>

using handrail::Packed;

TEST_CASE("packed bytes come back as they were") {
  std::mt19937 random(7);
  for (std::size_t size : {0U, 1U, 5U, 100U, 4096U, 1'000'000U}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 4);
    CHECK(Packed(bytes).bytes() == bytes);
  }
  std::string noise(10'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  CHECK(Packed(noise).bytes() == noise);
}

TEST_CASE("what repeats itself takes less room") {
  std::string names;
  for (int i = 0; i < 20; ++i) names += "tab-0198c9f0-7a11:" + std::to_string(i);
  CHECK(Packed(names).size() < names.size() / 3);
}
