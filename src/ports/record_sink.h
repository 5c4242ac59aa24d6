// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/event/record.h"

namespace handrail {

// Where appended records lie.
struct Receipt {
  std::optional<Offset> first;  // of the first; nothing: their visitor's fold numbers them, and tells it with its news
};

// The way into a log. Thread-safe.
class RecordSink {
 public:
  using Appended = std::function<void(Result<Receipt>)>;

  virtual ~RecordSink() = default;

  // Appends the records, each visitor's in their order. `done` is called once, on a thread of the log's, after all of
  // them are on stable storage (or written, in a log that is told to be so relaxed), or with kUnavailable (not all are
  // kept; try again) or kInternal (storage failed; the log is dead). Never blocks on I/O.
  virtual void append(std::vector<core::Record> records, Appended done) = 0;

  // Whether appends are accepted now, and if not, why.
  virtual Result<void> health() const = 0;
};

// Where this process's own newest records lie in a stream that many share. Thread-safe.
class OwnAppends {
 public:
  virtual ~OwnAppends() = default;
  // The sequence number of the newest block of the visitor; empty: none of late.
  virtual std::string newest_of(VisitorKey visitor) const = 0;
};

// What a visitor's records were. Blocks on I/O; thread-safe.
class RecordHistory {
 public:
  virtual ~RecordHistory() = default;

  // A visitor's records below `before`, newest first.
  virtual Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) = 0;
};

}  // namespace handrail
