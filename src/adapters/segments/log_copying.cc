// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/segment.h"

// Copying the log while it is written: its newest segment is closed, and full ones never change.
namespace handrail::segments {
namespace fs = std::filesystem;

Result<Offset> SegmentsLog::copy_to(const fs::path& folder, const std::stop_token& stop) {
  const Offset end_of_copy = end();
  if (auto closed = close_segments_below(end_of_copy); !closed) return pass_on(closed);
  seal_full_segments();
  if (auto made = create_folder(folder); !made) return pass_on(made);
  std::lock_guard files(files_mutex_);
  Offset end = begin();
  for (const auto& segment : segments_now()) {
    if (segment->header.first >= end_of_copy) break;
    if (stop.stop_requested()) return fail(ErrorCode::kUnavailable, "stopped");
    if (auto done = copy_segment(*segment, folder); !done) return pass_on(done);
    end = segment->end();
  }
  if (auto done = write_file_atomically(folder / kCleanMark, encode_clean_mark(end)); !done) return pass_on(done);
  return end;
}

// Under the files mutex: nobody seals, drops or writes one anew meanwhile.
Result<void> SegmentsLog::copy_segment(const Segment& segment, const fs::path& folder) {
  if (!segment.sealed) return fail(ErrorCode::kUnavailable, segment.file.path().string() + ": is not sealed yet");
  for (const fs::path& file : {segment.file.path(), index_path(segment.file.path())}) {
    if (auto done = link_or_copy(file, folder / file.filename()); !done) return done;
  }
  return {};
}

}  // namespace handrail::segments
