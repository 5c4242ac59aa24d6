// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "base/packed.h"
#include "ports/state_store.h"

namespace handrail {

struct VisitorCacheLimits {
  std::size_t open = 8'192;      // held ready to fold, about; what is not yet written is held beyond it
  std::size_t packed = 100'000;  // held packed, about
};

// The visitors a worker holds in memory. Those it folded just now are open; those that rest are packed, at a fifth of
// the size; those that rest longest leave, and come back from the store. Two generations stand in for a list of uses.
class VisitorCache {
 public:
  VisitorCache(StateStore& store, VisitorCacheLimits limits) : store_(store), limits_(limits) {}

  // Makes sure that all of them are open; unknown ones begin empty.
  Result<void> fetch(std::vector<VisitorKey> keys);
  core::Visitor& at(const VisitorKey& key);  // must have been fetched
  // Puts back what the store holds.
  Result<void> reload(const VisitorKey& key);

  void mark_changed(const VisitorKey& key);
  // The changed ones, for a batch; stable until changes_written().
  std::vector<std::pair<VisitorKey, const core::Visitor*>> changed() const;
  // Also lets rest what was not used of late.
  void changes_written();
  std::size_t size() const { return open_.size() + packed_.size() + packed_before_.size(); }

 private:
  struct Held {
    core::Visitor visitor;
    bool changed = false;
    bool used = true;  // since the last round of packing
  };
  using PackedVisitors = std::unordered_map<VisitorKey, Packed, IdHash>;

  Held* find(const VisitorKey& key);
  Held* open(PackedVisitors& from, const VisitorKey& key);
  void pack_unused();
  void pack_all();
  void pack(const VisitorKey& key, const core::Visitor& visitor);

  StateStore& store_;
  VisitorCacheLimits limits_;
  std::unordered_map<VisitorKey, Held, IdHash> open_;
  PackedVisitors packed_;
  PackedVisitors packed_before_;
  std::vector<VisitorKey> changed_;
};

}  // namespace handrail
