// SPDX-License-Identifier: Apache-2.0
#include "custody/erase_copy.h"

#include <algorithm>
#include <vector>

#include "adapters/segments/index.h"
#include "adapters/segments/rewrite.h"
#include "adapters/segments/segment.h"

namespace handrail::custody {
namespace fs = std::filesystem;
namespace {

// A segment without a readable index may hold anybody.
bool may_hold(const fs::path& segment, std::span<const Erased> visitors) {
  auto index = segments::SealedIndex::open(segments::index_path(segment), segments::id_of_segment(segment));
  if (!index) return true;
  return std::ranges::any_of(visitors,
                             [&](const Erased& v) { return !index->blocks_of_visitor(v.visitor.high).empty(); });
}

}  // namespace

Result<void> erase_from_log(const fs::path& log, std::span<const ErasedVisitor> visitors) {
  std::vector<Erased> erased;
  for (const ErasedVisitor& one : visitors) erased.push_back({one.visitor, one.below});
  std::error_code ec;
  std::vector<fs::path> segments;
  for (fs::directory_iterator it(log, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".seg") segments.push_back(it->path());
  }
  for (const fs::path& segment : segments) {
    if (!may_hold(segment, erased)) continue;
    if (auto done = segments::rewrite_segment(segment, erased); !done) return done;
  }
  return {};
}

Result<void> erase_from_state(const OpenState& open, const fs::path& state, std::span<const ErasedVisitor> visitors) {
  auto store = open(state);
  if (!store) return pass_on(store);
  if (auto done = (*store)->erase(visitors); !done) return done;
  if (auto done = (*store)->finish_erasures(visitors); !done) return done;
  return (*store)->sync();
}

}  // namespace handrail::custody
