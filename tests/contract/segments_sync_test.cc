// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <string>

#include "adapters/segments/segments_log.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

// What the log syncs, seen by standing in the place of the C library's fdatasync in this binary. Whether that is enough
// is for tests/crash to find.
using namespace handrail;
using namespace handrail::test;
namespace fs = std::filesystem;

namespace {

std::mutex synced_mutex;
std::set<std::string> synced;  // paths

bool was_synced(const fs::path& path) {
  std::lock_guard lock(synced_mutex);
  return synced.contains(fs::absolute(path).string());
}
void forget_syncs() {
  std::lock_guard lock(synced_mutex);
  synced.clear();
}

}  // namespace

extern "C" int fdatasync(int fd) {
  std::error_code ec;
  const fs::path path = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), ec);
  std::lock_guard lock(synced_mutex);
  synced.insert(path.string());
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}

TEST_CASE("a new log folder is durable by its name, up to the folder that was there") {
  TemporaryFolder folder;
  FakeClock clock;
  segments::LogOptions options;
  options.folder = folder.path() / "data" / "log";
  options.segment_bytes = 1 << 20;
  forget_syncs();
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  CHECK(was_synced(folder.path()));
  CHECK(was_synced(folder.path() / "data"));
  CHECK(was_synced(folder.path() / "data" / "log"));
}

TEST_CASE(
    "a relaxed log acknowledges without a sync, and is synced when asked, when a segment is full and at its end") {
  TemporaryFolder folder;
  FakeClock clock;
  segments::LogOptions options;
  options.folder = folder.path();
  options.segment_bytes = 1 << 20;
  options.is_relaxed = true;
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  const auto append = [&](std::size_t bytes) {
    Record record = Visit("a").page(0);
    std::get<Event>(record.body).data_json = std::string(bytes, 'x');
    std::promise<void> done;
    (*log)->append({record}, [&](const Result<Receipt>&) { done.set_value(); });
    done.get_future().get();
  };
  const fs::path first = folder.path() / "00000000000000000000.seg";
  forget_syncs();
  append(10);
  CHECK_FALSE(was_synced(first));
  CHECK((*log)->sync());
  CHECK(was_synced(first));
  forget_syncs();
  append(600'000);
  CHECK_FALSE(was_synced(first));
  append(600'000);
  CHECK(was_synced(first));
  (*log)->stop();
  CHECK(was_synced(folder.path() / "00000000000000000001.seg"));
}

TEST_CASE("what a killed process may have left unsynced is synced before anything is built on it") {
  TemporaryFolder folder;
  FakeClock clock;
  segments::LogOptions options;
  options.folder = folder.path();
  options.segment_bytes = 1 << 20;
  {
    auto log = segments::SegmentsLog::open(options, clock);
    REQUIRE(log);
    std::promise<void> done;
    (*log)->append({Visit("a").page(0)}, [&](const Result<Receipt>&) { done.set_value(); });
    done.get_future().get();
  }
  fs::remove(folder.path() / "clean");
  forget_syncs();
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  CHECK((*log)->end() == 1);
  CHECK(was_synced(folder.path() / "00000000000000000000.seg"));
  CHECK(was_synced(folder.path()));
}
