// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace handrail::segments {

// From a hash to the values added under it, newest first. Append-only: one array of entries, chained from a table of
// heads, so that adding costs no allocation of its own. Equal hashes of different things share a chain; the caller
// verifies. At most 2^32 - 1 entries. Not thread-safe.
class ChainedIndex {
 public:
  struct Entry {
    std::uint64_t hash;
    std::uint64_t value;
  };

  void add(std::uint64_t hash, std::uint64_t value) {
    if (entries_.size() >= heads_.size()) grow();
    std::uint32_t& head = heads_[slot(hash)];
    entries_.push_back({hash, value});
    next_.push_back(head);
    head = static_cast<std::uint32_t>(entries_.size());
  }

  // The newest value under the hash.
  std::optional<std::uint64_t> newest(std::uint64_t hash) const {
    std::optional<std::uint64_t> found;
    visit(hash, [&](std::uint64_t value) {
      found = value;
      return false;
    });
    return found;
  }

  // Calls `take(value)`, newest first, until it returns false.
  template <class Take>
  void visit(std::uint64_t hash, Take take) const {
    if (heads_.empty()) return;
    for (std::uint32_t i = heads_[slot(hash)]; i != 0; i = next_[i - 1]) {
      if (entries_[i - 1].hash == hash && !take(entries_[i - 1].value)) return;
    }
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::size_t slot(std::uint64_t hash) const { return hash & (heads_.size() - 1); }

  void grow() {
    heads_.assign(heads_.empty() ? 1024 : heads_.size() * 2, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::uint32_t& head = heads_[slot(entries_[i].hash)];
      next_[i] = head;
      head = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> next_;   // of an entry in its chain: index + 1, 0 at the end
  std::vector<std::uint32_t> heads_;  // by hash: index + 1 of the newest entry, 0 where there is none
};

}  // namespace handrail::segments
