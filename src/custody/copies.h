// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/segments/segments_log.h"
#include "base/repeating.h"
#include "custody/erase_copy.h"
#include "custody/manifest.h"
#include "ports/clock.h"
#include "ports/custody.h"

namespace handrail::custody {

struct CopiesOptions {
  std::filesystem::path backups;    // folder of backups: log, state and configuration
  std::filesystem::path snapshots;  // folder of the state as it was, for replays from there on
  std::size_t backups_kept = 7;
  Millis snapshot_every = kDay;  // at the multiples of it in UTC
  std::string configuration;     // as it holds, TOML
  OpenState open_state;
};

// Backups and daily snapshots of the embedded log and state. Files that never change (full segments, RocksDB's tables)
// are shared with the data by hard links where the file system can.
//
//   backups/2026-11-27T20-15-00.123Z/   MANIFEST, handrail.toml, log/, state/
//   backups/ERASED                      who was erased, for copies kept elsewhere
//   snapshots/2026-11-27T00-00-00.000Z/ MANIFEST, handrail.toml, state/
class Copies final : public Custody {
 public:
  Copies(CopiesOptions options, segments::SegmentsLog& log, TableStateStore& store, const Clock& clock);
  ~Copies() override { stop(); }

  void start();  // takes snapshots when they are due
  void stop();   // a backup that is being made is given up

  Result<std::string> begin_backup() override;
  BackupProgress progress() const override;
  Result<std::vector<Backup>> backups() override;
  Result<void> forget(std::span<const ErasedVisitor> visitors) override;

  // Makes one if none was made since it was due, and drops those that the log no longer reaches back to.
  Result<void> snapshot_if_due();

 private:
  Result<void> back_up(const std::string& name, UnixMillis at, const std::stop_token& stop);
  void note_progress(double share);
  Result<void> copy_state(const std::filesystem::path& folder);
  Result<void> drop_old_backups();
  Result<void> drop_old_snapshots();
  Result<void> forget_in(const std::filesystem::path& copy, std::span<const ErasedVisitor> visitors);

  const CopiesOptions options_;
  segments::SegmentsLog& log_;
  TableStateStore& store_;
  const Clock& clock_;
  std::mutex copies_mutex_;  // one copy is made or changed at a time
  Repeating rounds_;
  mutable std::mutex progress_mutex_;  // guards progress_
  BackupProgress progress_;
  std::jthread backing_up_;
};

// The copies in a folder, newest first; unfinished ones are passed over.
std::vector<std::filesystem::path> copies_in(const std::filesystem::path& folder);

// Those that were noted to be erased, for a backup that is to be restored.
Result<std::vector<ErasedVisitor>> read_erased(const std::filesystem::path& file);

struct RestoreOptions {
  std::filesystem::path backup;
  std::filesystem::path data;  // must hold no data yet
  std::vector<ErasedVisitor> erased;
  OpenState open_state;
  std::function<void(double share)> progress = [](double) {};
};
// Verifies the backup, copies it, and forgets in it who was erased since. kConflict where there is data already,
// kCorrupt where a file is not what was backed up; nothing is left behind then.
Result<Manifest> restore(const RestoreOptions& options);

}  // namespace handrail::custody
