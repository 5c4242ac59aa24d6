// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <charconv>
#include <cstdio>
#include <utility>

#include "adapters/segments/segment.h"
#include "base/thread.h"
#include "telemetry/log.h"

// Upkeep, beside the committer: the spare is prepared, full segments are sealed, old ones go.
namespace handrail::segments {
namespace fs = std::filesystem;

namespace {

constexpr auto kUpkeepEvery = std::chrono::milliseconds(500);
constexpr std::int64_t kHurry = 2'000'000;  // microseconds since the last roll

}  // namespace

std::string name_of_segment(std::uint64_t id) {
  char name[32];
  std::snprintf(name, sizeof(name), "%020llu.seg", static_cast<unsigned long long>(id));
  return name;
}

std::uint64_t id_of_segment(const fs::path& path) {
  const std::string name = path.stem().string();
  std::uint64_t id = 0;
  std::from_chars(name.data(), name.data() + name.size(), id);
  return id;
}

fs::path index_path(const fs::path& segment) { return fs::path(segment).replace_extension(".idx"); }

void SegmentsLog::upkeep_loop(const std::stop_token& stop) {
  name_this_thread("log-upkeep");
  while (!stop.stop_requested()) {
    bool need_spare = false;
    {
      std::unique_lock lock(state_mutex_);
      upkeep_due_.wait_for(lock, stop, kUpkeepEvery, [&] { return std::exchange(upkeep_wanted_, false); });
      need_spare = !spare_.has_value() && !dead_;
    }
    if (stop.stop_requested()) return;
    if (need_spare) {
      need_spare = !prepare_spare();
    }
    if (!need_spare) {  // where a spare fits, appends may be tried again
      std::lock_guard lock(state_mutex_);
      if (unavailable_) telemetry::log_info("the log takes records again");
      unavailable_.reset();
      is_refusing_ = dead_.has_value();
    }
    seal_full_segments();
    drop_old_segments();
  }
}

Result<void> SegmentsLog::prepare_spare() {
  std::lock_guard preparing(spare_mutex_);
  {
    std::lock_guard lock(state_mutex_);
    if (spare_) return {};
  }
  // A name of its own: the one before may be on its way to become a segment.
  const fs::path path = options_.folder / ("spare-" + std::to_string(spares_++) + ".tmp");
  const auto give_up = [&](const Result<void>& failure) {
    std::error_code ec;
    fs::remove(path, ec);  // a half-written spare must not hold the space that others need
    return failure;
  };
  auto file = File::open(path, O_RDWR | O_CREAT | O_EXCL);
  if (!file) return pass_on(file);
  if (auto done = fill_spare(*file); !done) return give_up(done);
  if (auto done = file->sync_data(); !done) return give_up(done);
  std::lock_guard lock(state_mutex_);
  spare_ = std::move(*file);
  return {};
}

// Zeros written beforehand make each later sync cheaper by half, and cost the disk every byte twice. Where segments
// fill within moments blocks are large, so that syncs count for little and the bytes for much: then the space is only
// reserved.
Result<void> SegmentsLog::fill_spare(File& file) const {
  if (clock_.monotonic_micros() - rolled_at_ < kHurry) return file.allocate(options_.segment_bytes);
  return write_zeros(file, 0, options_.segment_bytes);
}

void SegmentsLog::seal_full_segments() {
  std::lock_guard files(files_mutex_);
  for (const auto& segment : segments_now()) {
    {
      std::lock_guard lock(state_mutex_);
      if (!segment->full || segment->sealed) continue;
    }
    // Nothing is added to a full segment, and only this thread replaces its index: no lock while it is sorted.
    const std::string encoded = segment->growing.encoded(segment->header.id);
    const fs::path path = index_path(segment->file.path());
    if (!write_file_atomically(path, encoded)) continue;  // stays in memory; tried again
    auto index = SealedIndex::open(path, segment->header.id);
    if (!index) continue;
    std::lock_guard lock(state_mutex_);
    segment->sealed = std::make_shared<const SealedIndex>(std::move(*index));
    segment->growing = SegmentIndex{};
  }
}

void SegmentsLog::drop_old_segments() {
  std::lock_guard files(files_mutex_);
  const UnixMillis oldest_kept = clock_.now() / 1000 - options_.retention;
  while (true) {
    std::shared_ptr<Segment> oldest;
    {
      std::lock_guard lock(state_mutex_);
      if (segments_.empty() || segments_.begin()->second == active_) return;
      oldest = segments_.begin()->second;
      const bool is_too_much =
          options_.retention_bytes > 0 && segments_.size() * options_.segment_bytes > options_.retention_bytes;
      const bool is_wanted = oldest->newest() >= oldest_kept && !is_too_much;
      if (!oldest->sealed || is_wanted || oldest->end() > released_) return;
      segments_.erase(segments_.begin());
      counters_.segments = segments_.size();
    }
    std::error_code ec;
    fs::remove(oldest->file.path(), ec);
    fs::remove(index_path(oldest->file.path()), ec);
  }
}

}  // namespace handrail::segments
