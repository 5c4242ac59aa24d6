// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/whole_world.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace handrail;
using namespace handrail::test;

// HANDRAIL_SIM_SEED=n runs that seed alone; HANDRAIL_SIM_FROM and HANDRAIL_SIM_SEEDS choose a range.
namespace {

constexpr std::uint64_t kSeeds = 200;
constexpr const char* kRuns = "the whole system keeps its promises whatever the seed";

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string command_for(std::uint64_t seed) {
  return "HANDRAIL_SIM_SEED=" + std::to_string(seed) + " build/dev/tests/test_simulation -tc=\"" + kRuns + "\"";
}

// The faults of a seed, and the command that repeats it.
std::string in_words(const std::vector<std::string>& faults, std::uint64_t seed) {
  std::string words = "repeat: " + command_for(seed);
  for (std::size_t i = 0; i < faults.size() && i < 8; ++i) words += "\n  " + faults[i];
  return words;
}

}  // namespace

// The case's name is kRuns, which command_for() prints. No comma: doctest would take it for two names.
TEST_CASE("the whole system keeps its promises whatever the seed") {
  const std::uint64_t only = number_from("HANDRAIL_SIM_SEED", 0);
  const std::uint64_t from = only != 0 ? only : number_from("HANDRAIL_SIM_FROM", 1);
  const std::uint64_t count = only != 0 ? 1 : number_from("HANDRAIL_SIM_SEEDS", kSeeds);
  WholeWorld::Counts sum;
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    WholeWorld world(seed);
    const auto faults = world.run();
    if (!faults.empty()) FAIL_CHECK(in_words(faults, seed));
    sum.records += world.counts().records;
    sum.offers += world.counts().offers;
    sum.displayed += world.counts().displayed;
    sum.lives += world.counts().lives;
  }
  MESSAGE(count << " seeds: " << sum.records << " records, " << sum.offers << " offers, " << sum.displayed
                << " displayed, " << sum.lives << " lives");
  if (count >= 20) {
    CHECK(sum.offers > count);
    CHECK(sum.displayed > count / 2);
    CHECK(sum.lives > count);
  }
}

TEST_CASE("one seed gives one run of the whole system, to the last byte") {
  WholeWorld one(17);
  WholeWorld other(17);
  (void)one.run();
  (void)other.run();
  CHECK(one.fingerprint() == other.fingerprint());
  WholeWorld another(18);
  (void)another.run();
  CHECK(one.fingerprint() != another.fingerprint());
}

// A simulation that finds nothing proves nothing. Seeds are tried until one fails.
TEST_CASE("planted bugs are found within a few seeds") {
  constexpr std::uint64_t kSeedsMost = 60;
  for (const auto& [bug, name] : {std::pair{Bug::kAcknowledgedBeforeDurable, "acknowledged before durable"},
                                  {Bug::kCausedRecordsForgotten, "a checkpoint passes records it caused"},
                                  {Bug::kDuplicatesNotSeen, "duplicates not seen"},
                                  {Bug::kTornCommit, "a commit in halves"},
                                  {Bug::kNewsLost, "news lost"},
                                  {Bug::kOfferSentTwice, "an offer sent twice"},
                                  {Bug::kReordered, "records of an append swapped"}}) {
    std::uint64_t seed = 1;
    std::vector<std::string> faults;
    for (; seed <= kSeedsMost && faults.empty(); ++seed) faults = WholeWorld(seed, bug).run();
    CHECK_MESSAGE(!faults.empty(), std::string(name));
    if (!faults.empty()) MESSAGE(std::string(name) << ": found by seed " << seed - 1 << ": " << faults.front());
  }
}
