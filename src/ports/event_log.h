// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/event/record.h"
#include "core/fold/visitor.h"
#include "ports/record_sink.h"

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

// The ordered, durable, replayable stream of one machine. Offsets are dense and start at 0; records that are appended
// together lie together, or none of them is kept. All methods are thread-safe.
class EventLog : public RecordSink, public RecordHistory {
 public:
  // Durable records of the partition from `from` on, about `bytes_max` of them; empty when there are none yet.
  // kCorrupt names damaged bytes; kNotFound when `from` was dropped by retention.
  virtual Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) = 0;

  // Blocks until there is a durable record at or after `from`, `wake()` is called, or the span is over.
  virtual void wait_beyond(Offset from, std::chrono::microseconds span) = 0;
  virtual void wake() = 0;

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
};

}  // namespace handrail
