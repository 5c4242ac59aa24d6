// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ports/state_store.h"

namespace handrail {

// A copy of all data, with which a server can begin again.
struct Backup {
  std::string name;  // of its folder
  UnixMillis at = 0;
  Offset begin = 0;  // of the log
  Offset end = 0;
  std::uint64_t bytes = 0;
};

// How it stands with making backups.
struct BackupProgress {
  struct UnderWay {
    std::string name;
    double share = 0;  // of its checksums, which take the longest
  };
  struct Failed {
    std::string name;
    std::string why;
  };
  std::optional<UnderWay> under_way;
  std::optional<Failed> failed;  // the last one, since the start
};

// Copies of the data that live beside it. Blocks on I/O; thread-safe: one copy is made or changed at a time.
class Custody {
 public:
  virtual ~Custody() = default;

  // Begins one of all that is durable now, and gives its name; it is made on a thread of its own, while the server goes
  // on. The oldest go when there are more than are to be kept. kConflict while another is being made.
  virtual Result<std::string> begin_backup() = 0;
  virtual BackupProgress progress() const = 0;
  virtual Result<std::vector<Backup>> backups() = 0;  // newest first
  // Takes these visitors out of every copy there is, and notes all of them beside the backups, for copies that are
  // elsewhere now.
  virtual Result<void> forget(std::span<const ErasedVisitor> visitors) = 0;
};

}  // namespace handrail
