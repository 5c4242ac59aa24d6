// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/event/record.h"
#include "core/fold/visitor.h"
#include "ports/outbox.h"
#include "ports/state_store.h"

namespace handrail {

// What folding a visitor's records caused beyond the visitor itself. Stored with the state and told afterwards: whoever
// finds it untold tells it, so all of it may be told twice, to receivers that know what they have.
struct Consequences {
  std::string rows;                   // for lists, in the store's own form
  std::vector<Publication> news;      // for open pages
  std::vector<core::Record> appends;  // for the order of other visitors

  bool is_empty() const { return rows.empty() && news.empty() && appends.empty(); }
};

// A visitor as a shared store holds it.
struct SharedVisitor {
  core::Visitor visitor;      // empty where it is unknown
  std::uint64_t version = 0;  // rises with each commit; 0: unknown
  std::string applied;        // the stream's sequence number of the newest block in it; empty: none
  Consequences untold;
};

// When a foreign event id (core::foreign_id) was seen first.
struct SeenId {
  Offset offset = 0;
  UnixMillis at = 0;
};

// A visitor after some of its records were folded.
struct VisitorCommit {
  VisitorKey key;
  const SharedVisitor* before = nullptr;  // as it was loaded
  const core::Visitor* after = nullptr;   // with no id: erased, and not seen since
  std::string applied;
  StateBatch rows;  // of this visitor; its partition, checkpoint, visitors and timers are not looked at
  std::vector<Publication> news;
  std::vector<core::Record> appends;
  std::vector<std::vector<core::LoggedRecord>> blocks;  // the records folded, as they came, for the visitor's history
  std::map<std::uint64_t, SeenId> new_ids;              // foreign ids among them
};

// Where visitors live when any of many workers may fold any of them: each by itself, in one conditional write, so that
// a worker that lost its turn cannot write. Offsets are each visitor's own count. Thread-safe; blocks on I/O.
class SharedState {
 public:
  virtual ~SharedState() = default;

  // In the order of the keys, each once; as all commits before left them.
  virtual Result<std::vector<SharedVisitor>> load(std::span<const VisitorKey> keys) = 0;
  // Those of a visitor's foreign ids that were seen before.
  virtual Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) = 0;
  // Keeps the visitor, and what is to be told, if it is still as it was loaded: kConflict when it is not, and nothing
  // of it happened. Returns it as load() would.
  virtual Result<SharedVisitor> commit(const VisitorCommit& commit) = 0;
  // Writes the rows of what the visitor caused at this version, again where they were written. What a later version
  // wrote stays: whoever was held up on the way comes too late.
  virtual Result<void> write_rows(const std::string& rows, std::uint64_t version) = 0;
  // What the visitor caused at this version is told.
  virtual Result<void> mark_told(VisitorKey key, std::uint64_t version) = 0;
  // Keeps records that cannot be folded.
  virtual Result<void> bury(std::span<const DeadLetter> letters) = 0;
  // Visitors whose next deadline is at or before `now`, at most `limit`.
  virtual Result<std::vector<TimerRow>> due(UnixMillis now, std::size_t limit) = 0;
};

}  // namespace handrail
