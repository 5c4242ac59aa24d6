// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/log_history.h"

#include <doctest/doctest.h>

#include <fstream>
#include <future>

#include "adapters/segments/segments_log.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::test;
namespace fs = std::filesystem;

namespace {

// A log of several segments, written as a server writes it.
struct Written {
  explicit Written(int records) {
    segments::LogOptions options;
    options.folder = folder.path();
    options.segment_bytes = 1 << 20;
    options.block_bytes_max = 128 << 10;
    auto opened = segments::SegmentsLog::open(options, clock);
    REQUIRE(opened);
    log = std::move(*opened);
    append(records);
  }
  void append(int records) {
    for (int i = 0; i < records; ++i) {
      Record record = visit.event(i, Custom{}, "note");
      std::get<Event>(record.body).data_json = std::string(10'000, 'x');
      std::promise<void> done;
      log->append({std::move(record)}, [&](const Result<Receipt>&) { done.set_value(); });
      done.get_future().get();
    }
  }

  FakeClock clock;
  TemporaryFolder folder;
  Visit visit{"a"};
  std::unique_ptr<segments::SegmentsLog> log;
};

Result<std::vector<Offset>> offsets_in(const fs::path& folder) {
  auto history = segments::LogHistory::open(folder);
  if (!history) return pass_on(history);
  std::vector<Offset> offsets;
  while (true) {
    auto block = history->next();
    if (!block) return pass_on(block);
    if (!*block) return offsets;
    for (const LogEntry& entry : (*block)->entries) {
      CHECK(entry.record);
      offsets.push_back(entry.offset);
    }
  }
}

std::vector<Offset> up_to(Offset end) {
  std::vector<Offset> out;
  for (Offset i = 0; i < end; ++i) out.push_back(i);
  return out;
}

}  // namespace

TEST_CASE("a log's history is read over all segments, beside the log that holds the folder, and nothing is written") {
  Written written(250);
  std::vector<std::pair<fs::path, fs::file_time_type>> before;
  for (const auto& item : fs::directory_iterator(written.folder.path()))
    if (item.path().extension() == ".seg") before.emplace_back(item.path(), fs::last_write_time(item.path()));
  CHECK(before.size() >= 3);
  CHECK(offsets_in(written.folder.path()).value() == up_to(250));
  for (const auto& [path, time] : before) CHECK(fs::last_write_time(path) == time);
  written.append(10);
  CHECK(offsets_in(written.folder.path()).value() == up_to(260));
  written.log->stop();
  CHECK(offsets_in(written.folder.path()).value() == up_to(260));
}

TEST_CASE("a log's history ends at the last whole block, and names damage before it") {
  Written written(250);
  written.log->stop();
  std::vector<fs::path> files;
  for (const auto& item : fs::directory_iterator(written.folder.path()))
    if (item.path().extension() == ".seg") files.push_back(item.path());
  std::sort(files.begin(), files.end());
  const auto flip = [](const fs::path& path, std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file.put('\x55');
  };
  SUBCASE("in the newest segment") {
    flip(files.back(), 4096 + 200);
    const auto offsets = offsets_in(written.folder.path());
    REQUIRE(offsets);
    CHECK(offsets->size() < 250);
  }
  SUBCASE("in an older one") {
    flip(files.front(), 4096 + 200);
    const auto offsets = offsets_in(written.folder.path());
    REQUIRE_FALSE(offsets);
    CHECK(offsets.error().code == ErrorCode::kCorrupt);
    CHECK(offsets.error().message.find(files.front().string()) != std::string::npos);
  }
}

TEST_CASE("a folder without a log has no history") {
  TemporaryFolder folder;
  CHECK(offsets_in(folder.path()).error().code == ErrorCode::kNotFound);
}
