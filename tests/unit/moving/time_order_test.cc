// SPDX-License-Identifier: Apache-2.0
#include "moving/time_order.h"

#include <doctest/doctest.h>

#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::moving;
using handrail::test::TemporaryFolder;

TEST_CASE("entries come in the order of time, however many runs they went through") {
  for (const std::size_t run_bytes : {std::size_t{1}, std::size_t{500}, std::size_t{1} << 20}) {
    const TemporaryFolder folder;
    TimeOrder order(folder.path() / "runs", run_bytes);
    for (std::uint64_t slot = 0; slot < 100; ++slot)
      REQUIRE(order.add({static_cast<UnixMillis>(slot * 37 % 10), slot, std::string(slot % 5, 'x')}));
    std::vector<std::pair<UnixMillis, std::uint64_t>> seen;
    REQUIRE(order.drain([&](const TimeOrder::Entry& entry) -> Result<void> {
      CHECK(entry.bytes.size() == entry.slot % 5);
      seen.emplace_back(entry.at, entry.slot);
      return {};
    }));
    CHECK(seen.size() == 100);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "runs"));
  }
}
