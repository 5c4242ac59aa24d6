// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "ports/state_store.h"

namespace handrail {

// The visitors a worker holds in memory: the ones it folded lately, up to about twice `capacity`. Cold ones leave when
// nothing of them is unwritten, and come back from the store. Two generations stand in for a list of uses.
class VisitorCache {
 public:
  VisitorCache(StateStore& store, std::size_t capacity) : store_(store), capacity_(capacity) {}

  // Makes sure that all of them are in memory; unknown ones begin empty.
  Result<void> fetch(std::vector<VisitorKey> keys);
  core::Visitor& at(const VisitorKey& key);  // must have been fetched
  // Puts back what the store holds.
  Result<void> reload(const VisitorKey& key);

  void mark_changed(const VisitorKey& key);
  // The changed ones, for a batch; stable until changes_written().
  std::vector<std::pair<VisitorKey, const core::Visitor*>> changed() const;
  void changes_written();
  std::size_t size() const { return hot_.size() + cold_.size(); }

 private:
  struct Held {
    core::Visitor visitor;
    bool changed = false;
  };
  using Generation = std::unordered_map<VisitorKey, Held, IdHash>;

  Held* find(const VisitorKey& key);

  StateStore& store_;
  std::size_t capacity_;
  Generation hot_;
  Generation cold_;
  std::vector<VisitorKey> changed_;
};

}  // namespace handrail
