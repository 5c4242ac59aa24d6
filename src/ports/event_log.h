// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/event/record.h"
#include "core/fold/visitor.h"

namespace handrail {

// The part of the log that one worker owns: visitors whose key falls on it. Never changes for a visitor.
struct Partition {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
  bool owns(const VisitorKey& key) const { return key.high % count == index; }
};

// A record read back; control entries belong to every partition.
struct LogEntry {
  Offset offset = 0;
  VisitorKey key;
  Result<core::Record> record;
  std::string raw;  // the stored bytes, where they could not be decoded
};

struct LogBatch {
  std::vector<LogEntry> entries;
  Offset next = 0;  // where to read on; everything of the partition below it was returned
};

// A visitor whose records below an offset are to be taken out.
struct Erased {
  VisitorKey visitor;
  Offset below = 0;
};

// The ordered, durable, replayable stream. Offsets are dense and start at 0. All methods are thread-safe.
class EventLog {
 public:
  using Appended = std::function<void(Result<Offset>)>;  // the offset of the first record

  virtual ~EventLog() = default;

  // Appends the records together and in order. `done` is called once, on a thread of the log's, after they are on
  // stable storage (or written, in a log that is told to be so relaxed), or with kUnavailable (nothing kept; try again)
  // or kInternal (storage failed; the log is dead). Never blocks on I/O.
  virtual void append(std::vector<core::Record> records, Appended done) = 0;

  // Durable records of the partition from `from` on, about `bytes_max` of them; empty when there are none yet.
  // kCorrupt names damaged bytes; kNotFound when `from` was dropped by retention.
  virtual Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) = 0;

  // Blocks until there is a durable record at or after `from`, `wake()` is called, or the span is over.
  virtual void wait_beyond(Offset from, std::chrono::microseconds span) = 0;
  virtual void wake() = 0;

  // A visitor's records below `before`, newest first.
  virtual Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) = 0;

  // Whether a foreign event with the record's id (core::foreign_id) lies within the spans below `below`, written at or
  // after `since`. The spans are those of the record's visitor: only they are looked at.
  virtual Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within,
                                        Offset below, UnixMillis since) = 0;

  // Takes these visitors' records out of storage. Offsets stay; readers find nothing there. Blocks for as long as it
  // takes to write what holds them anew; may be repeated. kUnavailable: try again.
  virtual Result<void> erase(std::span<const Erased> visitors) = 0;

  // After it everything below end() is on stable storage, also in a relaxed log.
  virtual Result<void> sync() = 0;

  virtual Offset begin() const = 0;  // the oldest record still kept
  virtual Offset end() const = 0;    // one past the newest durable record

  // Records below `offset` are in a synced checkpoint: retention may drop them once they are old enough.
  virtual void release_before(Offset offset) = 0;

  // Whether appends are accepted now, and if not, why.
  virtual Result<void> health() const = 0;
};

}  // namespace handrail
