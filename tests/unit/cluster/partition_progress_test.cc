// SPDX-License-Identifier: Apache-2.0
#include "cluster/partition_progress.h"

#include <doctest/doctest.h>

using namespace handrail;

namespace {

const std::vector<PartitionPlace> kBatch{{0, 10}, {1, 70}, {0, 11}, {1, 71}, {0, 12}, {2, 5}};
using Next = std::map<int, std::int64_t>;
using Places = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a partition goes on as far as all before is done") {
  const PartitionProgress all = progress_of(kBatch, {});
  CHECK(all.next == Next{{0, 13}, {1, 72}, {2, 6}});
  CHECK(all.undone.empty());

  const Places failed{2};
  const PartitionProgress halted = progress_of(kBatch, failed);
  CHECK(halted.next == Next{{0, 11}, {1, 72}, {2, 6}});
  CHECK(halted.undone == Places{2, 4});
}

TEST_CASE("where the first of a partition failed, nothing of it goes on; what failed behind it changes nothing") {
  const Places failed{0, 3, 4};
  const PartitionProgress halted = progress_of(kBatch, failed);
  CHECK(halted.next == Next{{1, 71}, {2, 6}});
  CHECK(halted.undone == Places{0, 2, 3, 4});
}
