// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/control/control.h"
#include "core/fold/effects.h"
#include "core/fold/visitor.h"
#include "ports/event_log.h"

namespace handrail {

// A record that could not be folded, kept whole.
struct DeadLetter {
  Offset offset = 0;
  VisitorKey visitor;
  UnixMillis at = 0;
  std::string error;
  std::string bytes;
};

// How far a partition's state has come.
struct Checkpoint {
  Offset next = 0;             // records below it are in the state
  std::string engine_version;  // that made it
};

struct TimerRow {
  UnixMillis due = 0;
  VisitorKey visitor;
  auto operator<=>(const TimerRow&) const = default;
};

// A visitor that was to be forgotten: no row of it is left, and its records below the offset do not count.
struct ErasedVisitor {
  VisitorKey visitor;
  Offset below = 0;
  UnixMillis at = 0;
  std::optional<UnixMillis> gone_at;  // from all files
};

// When a visitor was seen last.
struct SeenVisitor {
  VisitorKey key;
  std::string site;
  std::string id;
  UnixMillis seen_at = 0;
};

// Everything that folding some records changed: written together or not at all.
struct StateBatch {
  template <class T>
  struct Of {
    VisitorKey visitor;
    T row;
  };
  Partition partition;
  Checkpoint checkpoint;
  std::vector<std::pair<VisitorKey, const core::Visitor*>> visitors;  // newest state; must outlive commit()
  std::vector<Of<core::Signal>> signals;
  std::vector<Of<core::Decision>> decisions;
  std::vector<Of<core::Intervention>> interventions;
  std::vector<Of<core::JourneySummary>> journeys;
  std::vector<Of<core::Exposure>> exposures;
  std::vector<Of<core::Conversation>> conversations;
  std::vector<Of<core::ChatMessage>> messages;
  std::vector<ErasedVisitor> erased;  // their rows of before go first
  std::vector<TimerRow> timers_set;
  std::vector<TimerRow> timers_gone;
  std::vector<DeadLetter> dead_letters;
  std::optional<std::vector<core::LoggedRecord>> control;  // the partition's whole control state, when it changed
  std::vector<core::LoggedRecord> acts;
};

// Where the newest state of each visitor lives. A checkpoint: the log is the truth, and what this store forgets in a
// crash is folded again. Calls for one partition come from one thread.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // To be called before workers of `count` partitions begin: gives each a checkpoint. Where the number changed since
  // the last run, all begin at the lowest old one (each visitor's own offset keeps what is folded from being folded
  // again), and the old ones go. `begin` is where a new state begins. Atomic.
  virtual Result<void> prepare(std::uint32_t count, Offset begin) = 0;
  virtual Result<Checkpoint> checkpoint(Partition partition) = 0;  // kNotFound before prepare()
  // In the order of the keys; nothing where a visitor is unknown.
  virtual Result<std::vector<std::optional<core::Visitor>>> load(std::span<const VisitorKey> keys) = 0;
  virtual Result<std::vector<TimerRow>> timers(Partition partition) = 0;
  // As the partition had seen it at its checkpoint.
  virtual Result<std::vector<core::LoggedRecord>> control(Partition partition) = 0;
  // Atomic. Survives the end of the process; survives power loss only after sync().
  virtual Result<void> commit(const StateBatch& batch) = 0;
  virtual Result<void> sync() = 0;

  // In the order of their keys, those greater than `after`.
  virtual Result<std::vector<SeenVisitor>> seen_visitors(VisitorKey after, std::size_t limit) = 0;

  // Those whose bytes may still lie in files, oldest first.
  virtual Result<std::vector<ErasedVisitor>> erasures_to_do() = 0;
  // Removes what the state's own files still hold of removed rows, then notes these as gone.
  virtual Result<void> finish_erasures(std::span<const ErasedVisitor> gone) = 0;
};

}  // namespace handrail
