// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/targets.h"

// Each target over its seeds, over what fuzzing found worth keeping, and over seeded mutations of both. The search
// itself is run.sh's.
using namespace handrail::fuzz;
namespace fs = std::filesystem;

namespace {

constexpr int kMutationsOfEach = 300;  // HANDRAIL_MUTATIONS sets another number

int mutations_of_each() {
  const char* wanted = std::getenv("HANDRAIL_MUTATIONS");
  return wanted == nullptr ? kMutationsOfEach : std::atoi(wanted);
}

std::vector<std::string> inputs_of(const Target& target) {
  std::vector<std::string> inputs = target.seeds();
  const fs::path kept = fs::path(HANDRAIL_CORPUS) / target.name;
  if (!fs::exists(kept)) return inputs;
  std::vector<fs::path> files;
  for (const auto& item : fs::directory_iterator(kept)) files.push_back(item.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

std::string mutated(std::string input, const std::vector<std::string>& others, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t i = 1 + below(4); i > 0; --i) {
    const std::size_t at = below(input.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ 1 << below(8));
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(random());
        break;
      case 2:
        input.erase(at, below(16));
        break;
      case 3:
        input.insert(at, std::string(below(8), static_cast<char>(random())));
        break;
      case 4:
        input.insert(at, input.substr(below(input.size() + 1), below(64)));
        break;
      default: {
        const std::string& other = others[below(others.size())];
        input = input.substr(0, at) + other.substr(std::min(at, other.size()));
      }
    }
  }
  return input;
}

}  // namespace

TEST_CASE("no parser breaks on its corpus or on mutations of it") {
  for (const Target& target : targets()) {
    CAPTURE(target.name);
    const auto inputs = inputs_of(target);
    REQUIRE_FALSE(inputs.empty());
    std::mt19937 random(1);
    for (const std::string& input : inputs) {
      target.run(input);
      for (int i = mutations_of_each(); i > 0; --i) target.run(mutated(input, inputs, random));
    }
  }
}
