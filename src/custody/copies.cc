// SPDX-License-Identifier: Apache-2.0
#include "custody/copies.h"

#include <algorithm>

#include "adapters/segments/file.h"
#include "base/thread.h"
#include "base/utc.h"
#include "custody/erase_copy.h"
#include "custody/manifest.h"
#include "telemetry/log.h"

namespace handrail::custody {
namespace fs = std::filesystem;
namespace {

constexpr const char* kConfiguration = "handrail.toml";
constexpr const char* kErasedName = "ERASED";
constexpr const char* kUnfinished = ".tmp";
constexpr auto kLookEvery = std::chrono::seconds(20);

// "2026-11-27T20-15-00.123Z": sorts by time, and every file system takes it.
std::string name_of(UnixMillis at) {
  const std::string millis = std::to_string(at % kSecond);
  return utc(at, "%Y-%m-%dT%H-%M-%S.") + std::string(3 - millis.size(), '0') + millis + "Z";
}

Result<void> failed(const fs::path& path, const char* what, const std::error_code& ec) {
  const bool no_space = ec == std::errc::no_space_on_device;
  return fail(no_space ? ErrorCode::kUnavailable : ErrorCode::kInternal,
              path.string() + ": " + what + ": " + ec.message());
}

// A copy that is made beside, and is there whole or not at all.
class Unfinished {
 public:
  Unfinished(const fs::path& folder, const std::string& name)
      : final_(folder / name), path_(folder / (name + kUnfinished)) {}
  ~Unfinished() {
    std::error_code ec;
    if (!is_kept_) fs::remove_all(path_, ec);
  }
  const fs::path& path() const { return path_; }

  Result<void> begin() const {
    std::error_code ec;
    fs::remove_all(path_, ec);
    return segments::create_folder(path_);
  }
  Result<void> keep() {
    std::error_code ec;
    fs::rename(path_, final_, ec);
    if (ec) return failed(path_, "rename", ec);
    is_kept_ = true;
    return segments::sync_folder(final_.parent_path());
  }

 private:
  fs::path final_, path_;
  bool is_kept_ = false;
};

// What an earlier run did not finish.
void remove_unfinished(const fs::path& folder) {
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    std::error_code ignored;
    if (it->path().extension() == kUnfinished) fs::remove_all(it->path(), ignored);
  }
}

Backup described(const fs::path& copy, const Manifest& m) {
  return {copy.filename().string(), m.at, m.begin, m.end, m.bytes()};
}

}  // namespace

std::vector<fs::path> copies_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->is_directory() && it->path().extension() != kUnfinished && fs::exists(it->path() / kManifestName))
      out.push_back(it->path());
  }
  std::ranges::sort(out, std::greater{});
  return out;
}

Copies::Copies(CopiesOptions options, segments::SegmentsLog& log, TableStateStore& store, const Clock& clock)
    : options_(std::move(options)), log_(log), store_(store), clock_(clock) {}

void Copies::start() {
  remove_unfinished(options_.backups);
  remove_unfinished(options_.snapshots);
  rounds_.start("snapshots", kLookEvery, [this] {
    if (const auto done = snapshot_if_due(); !done)
      telemetry::log_error("the snapshot failed and is tried again: " + done.error().message);
  });
}

// The state before the log: the log then reaches at least as far as the state.
Result<void> Copies::copy_state(const fs::path& folder) {
  if (auto done = store_.copy_to(folder / "state"); !done) return done;
  return segments::write_file_atomically(folder / kConfiguration, options_.configuration);
}

void Copies::stop() {
  rounds_.stop();
  backing_up_.request_stop();
  if (backing_up_.joinable()) backing_up_.join();
}

Result<std::string> Copies::begin_backup() {
  std::lock_guard lock(progress_mutex_);
  if (progress_.under_way) return fail(ErrorCode::kConflict, progress_.under_way->name + " is still being made");
  const UnixMillis at = clock_.now() / 1000;
  const std::string name = name_of(at);
  if (backing_up_.joinable()) backing_up_.join();  // it has told that it is done
  progress_.under_way = {name, 0};
  backing_up_ = std::jthread([this, name, at](const std::stop_token& stop) {
    name_this_thread("backup");
    const auto done = back_up(name, at, stop);
    if (!done) telemetry::log_error("the backup " + name + " failed: " + done.error().message);
    std::lock_guard told(progress_mutex_);
    progress_.under_way.reset();
    if (!done) progress_.failed = {name, done.error().message};
  });
  return name;
}

BackupProgress Copies::progress() const {
  std::lock_guard lock(progress_mutex_);
  return progress_;
}

void Copies::note_progress(double share) {
  std::lock_guard lock(progress_mutex_);
  if (progress_.under_way) progress_.under_way->share = share;
}

Result<void> Copies::back_up(const std::string& name, UnixMillis at, const std::stop_token& stop) {
  std::lock_guard one(copies_mutex_);
  Manifest manifest;
  manifest.at = at;
  Unfinished copy(options_.backups, name);
  if (auto done = copy.begin(); !done) return done;
  auto start = store_.starting_point();
  if (!start) return pass_on(start);
  manifest.next = start->next;
  if (auto done = copy_state(copy.path()); !done) return done;
  auto end = log_.copy_to(copy.path() / "log", stop);
  if (!end) return pass_on(end);
  manifest.begin = log_.begin();
  manifest.end = *end;
  const auto note = [this](double share) { note_progress(share); };
  if (auto done = write_manifest(copy.path(), manifest, stop, note); !done) return done;
  if (auto done = copy.keep(); !done) return done;
  return drop_old_backups();
}

Result<std::vector<Backup>> Copies::backups() {
  std::vector<Backup> out;
  for (const fs::path& copy : copies_in(options_.backups)) {
    auto manifest = read_manifest(copy);
    if (!manifest && manifest.error().code == ErrorCode::kNotFound) continue;  // the oldest went just now
    if (!manifest) return pass_on(manifest);
    out.push_back(described(copy, *manifest));
  }
  return out;
}

Result<void> Copies::drop_old_backups() {
  const std::vector<fs::path> all = copies_in(options_.backups);
  for (std::size_t i = options_.backups_kept; i < all.size(); ++i) {
    std::error_code ec;
    fs::remove_all(all[i], ec);
    if (ec) return failed(all[i], "remove", ec);
  }
  return {};
}

Result<void> Copies::snapshot_if_due() {
  std::lock_guard one(copies_mutex_);
  if (auto done = drop_old_snapshots(); !done) return done;
  const UnixMillis now = clock_.now() / 1000;
  const UnixMillis due = now - now % options_.snapshot_every;
  const std::vector<fs::path> all = copies_in(options_.snapshots);
  if (!all.empty() && all.front().filename().string() >= name_of(due)) return {};
  Manifest manifest;
  manifest.at = now;
  Unfinished copy(options_.snapshots, name_of(now));
  if (auto done = copy.begin(); !done) return done;
  auto start = store_.starting_point();
  if (!start) return pass_on(start);
  manifest.begin = manifest.end = manifest.next = start->next;
  if (auto done = copy_state(copy.path()); !done) return done;
  if (auto done = write_manifest(copy.path(), manifest); !done) return done;
  return copy.keep();
}

// A state from which nothing can be folded on is of no use.
Result<void> Copies::drop_old_snapshots() {
  for (const fs::path& copy : copies_in(options_.snapshots)) {
    auto manifest = read_manifest(copy);
    if (manifest && manifest->next >= log_.begin()) continue;
    std::error_code ec;
    fs::remove_all(copy, ec);
    if (ec) return failed(copy, "remove", ec);
  }
  return {};
}

// --- erasing ---------------------------------------------------------------------------------------------------------

Result<void> Copies::forget(std::span<const ErasedVisitor> visitors) {
  std::lock_guard one(copies_mutex_);
  for (const fs::path& folder : {options_.backups, options_.snapshots}) {
    for (const fs::path& copy : copies_in(folder)) {
      if (auto done = forget_in(copy, visitors); !done) return done;
    }
  }
  auto all = store_.erased_visitors();
  if (!all) return pass_on(all);
  if (auto there = segments::create_folder(options_.backups); !there) return there;
  std::string lines;
  for (const ErasedVisitor& one_erased : *all) {
    lines +=
        one_erased.visitor.hex() + ' ' + std::to_string(one_erased.below) + ' ' + std::to_string(one_erased.at) + '\n';
  }
  return segments::write_file_atomically(options_.backups / kErasedName, lines);
}

Result<void> Copies::forget_in(const fs::path& copy, std::span<const ErasedVisitor> visitors) {
  auto manifest = read_manifest(copy);
  if (!manifest) return pass_on(manifest);
  if (auto done = erase_from_log(copy / "log", visitors); !done) return done;
  if (auto done = erase_from_state(options_.open_state, copy / "state", visitors); !done) return done;
  return write_manifest(copy, *manifest);
}

}  // namespace handrail::custody
