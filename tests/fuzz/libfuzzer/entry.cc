// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "tests/fuzz/targets.h"

// libFuzzer's way in: HANDRAIL_FUZZ names the target; with HANDRAIL_SEEDS its seeds are written to that folder first.
using namespace handrail::fuzz;

namespace {

const Target& chosen() {
  static const Target* const target = [] {
    const char* name = std::getenv("HANDRAIL_FUZZ");
    for (const Target& one : targets()) {
      if (name != nullptr && std::strcmp(one.name, name) == 0) return &one;
    }
    std::fprintf(stderr, "HANDRAIL_FUZZ must be one of:");
    for (const Target& one : targets()) std::fprintf(stderr, " %s", one.name);
    std::fprintf(stderr, "\n");
    std::exit(2);
  }();
  return *target;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const Target& target = chosen();
  const char* folder = std::getenv("HANDRAIL_SEEDS");
  if (folder == nullptr) return 0;
  int number = 0;
  for (const std::string& seed : target.seeds())
    std::ofstream(std::string(folder) + "/seed-" + std::to_string(++number), std::ios::binary) << seed;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
