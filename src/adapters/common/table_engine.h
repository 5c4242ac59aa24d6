// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace handrail {

// What the state consists of. Each table maps keys to values, both bytes, keys in byte order. Numbers are stored.
enum class Table : std::uint8_t {
  kMeta = 1,
  kVisitors,
  kSignals,
  kDecisions,
  kDecisionsByVisitor,
  kInterventions,
  kInterventionsByVisitor,
  kLiveInterventions,
  kJourneys,
  kConversations,
  kOpenConversations,
  kClosedConversations,
  kMessages,
  kTimers,
  kDeadLetters,
  kActs,
  kExposures,
  kErased,
};

// An ordered key-value store as the state needs it: the seam between what is stored (TableStateStore) and where.
// Thread-safe.
class TableEngine {
 public:
  struct Write {
    Table table;
    std::string key;
    std::optional<std::string> value;  // nothing: the key goes
  };
  using Rows = std::vector<std::pair<std::string, std::string>>;

  virtual ~TableEngine() = default;
  virtual Result<void> write(std::span<const Write> writes) = 0;  // atomic
  // Rows that were removed or replaced leave the files too. As long as it takes to write all of them anew.
  virtual Result<void> purge() = 0;
  // All that is written, as it is at one moment, into a folder that is not there yet: the same engine opens it.
  virtual Result<void> copy_to(const std::filesystem::path& folder) = 0;
  virtual Result<void> sync() = 0;  // all writes before it survive power loss
  virtual Result<std::vector<std::optional<std::string>>> get(Table table, std::span<const std::string> keys) = 0;
  // Rows whose key begins with `prefix` and is greater than `after`, ascending, at most `limit`.
  virtual Result<Rows> scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit) = 0;
};

}  // namespace handrail
