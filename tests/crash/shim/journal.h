// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace handrail::faults {

// The file that the harness maps too (tests/crash/faults.py knows this layout): a page of words that steer and count,
// then the journal. Both survive kill -9, since they are a shared mapping.
struct Control {
  std::atomic<std::uint64_t> journal_bytes;   // of whole entries
  std::uint64_t sync_for_real;                // 0: a sync only takes time; what is lost is decided by the journal
  std::uint64_t sync_takes_us;                // at most
  std::atomic<std::int64_t> clock_offset_ns;  // added to CLOCK_REALTIME
  std::atomic<std::uint64_t> boundaries;      // writes, syncs and folder operations so far
  std::uint64_t kill_at;                      // kill -9 itself instead of the boundary of this number; 0: never
  std::atomic<std::uint64_t> rule_kind;       // below
  std::atomic<std::uint64_t> rule_errno;
  std::atomic<std::uint64_t> rule_first;   // the call of the kind, from 1, at which it begins to fail
  std::atomic<std::uint64_t> rule_times;   // so many fail
  std::atomic<std::uint64_t> rule_calls;   // of the kind, under the path, so far
  std::atomic<std::uint64_t> rule_failed;  // so many did
  std::uint64_t refused_journal;           // the journal was full: the run proves nothing
  std::uint64_t unused[19];
  char rule_path[256];  // only files whose path contains this
};
static_assert(sizeof(Control) == 512);

enum RuleKind : std::uint64_t { kNoRule, kFailWrites, kFailSyncs, kShortenWrites };

inline constexpr std::size_t kControlBytes = 4096;

// What must be known to take back everything that no sync covers. Entries are written before what they describe is
// done, so that a kill between the two only makes the harness undo what did not happen, which changes nothing.
enum class EntryKind : std::uint32_t {
  kWrite = 1,   // a: offset, b: bytes written, c: size before; payload: the bytes that lay there
  kResize = 2,  // a: new size, c: size before; payload: the bytes cut off
  kSynced = 3,  // file or folder; a: entries of it that end at or before this position are durable
  kCreate = 4,  // a: inode of the folder; payload: path
  kRename =
      5,  // a, b: inodes of the folders; payload: from, to, where what was there is kept (or nothing); NULs between
  kUnlink = 6,  // a: inode of the folder; payload: path, where the file is kept
  kMkdir = 7,   // a: inode of the folder above; payload: path
};

class Journal {
 public:
  // Maps the file that HANDRAIL_FAULTS names; does nothing without.
  void open();
  bool is_open() const { return control_ != nullptr; }
  Control& control() { return *control_; }
  bool covers(std::string_view path) const {
    return is_open() && path.starts_with(root_) && (path.size() == root_.size() || path[root_.size()] == '/');
  }
  std::string next_kept_path();

  // Held around an entry and what it describes.
  std::mutex mutex;
  void add(EntryKind kind, std::uint64_t inode, std::uint64_t a, std::uint64_t b, std::uint64_t c,
           std::string_view payload);
  std::uint64_t bytes() const { return control_->journal_bytes; }

 private:
  Control* control_ = nullptr;
  char* entries_ = nullptr;
  std::size_t room_ = 0;
  std::string root_;  // HANDRAIL_FAULTS_ROOT: what lies elsewhere is let alone
  std::string kept_;  // HANDRAIL_FAULTS_KEPT: a folder for files that were unlinked or replaced
  std::uint64_t kept_count_ = 0;
};

}  // namespace handrail::faults
