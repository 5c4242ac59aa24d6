// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <thread>

#include "adapters/segments/format.h"
#include "adapters/segments/segments_log.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

// What the segment files promise beyond the contract: torn tails, damage, several segments, retention.
using namespace handrail;
using namespace handrail::test;
namespace fs = std::filesystem;

namespace {

struct Segments {
  FakeClock clock;
  TemporaryFolder folder;
  segments::LogOptions options = [this] {
    segments::LogOptions o;
    o.folder = folder.path();
    o.segment_bytes = 1 << 20;
    o.block_bytes_max = 128 << 10;
    return o;
  }();

  Result<std::unique_ptr<segments::SegmentsLog>> open() { return segments::SegmentsLog::open(options, clock); }

  std::vector<fs::path> files(const char* extension) const {
    std::vector<fs::path> out;
    for (const auto& item : fs::directory_iterator(folder.path())) {
      if (item.path().extension() == extension) out.push_back(item.path());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string read(const fs::path& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const fs::path& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  void forget_clean_end() const { fs::remove(folder.path() / "clean"); }
};

void append(EventLog& log, Record record) {
  std::promise<void> done;
  log.append({std::move(record)}, [&](const Result<Receipt>& receipt) {
    CHECK(receipt);
    done.set_value();
  });
  done.get_future().get();
}

void fill(Segments& s, int records, std::size_t bytes_each = 100) {
  auto log = s.open();
  REQUIRE(log);
  Visit v("a");
  for (int i = 0; i < records; ++i) {
    Record r = v.page(i);
    std::get<Event>(r.body).data_json = std::string(bytes_each, 'x');
    append(**log, r);
  }
}

// Where each block of a segment begins.
std::vector<std::size_t> blocks_of(const std::string& bytes) {
  std::vector<std::size_t> at;
  std::size_t position = segments::kSegmentHeaderBytes;
  while (auto header = segments::decode_block_header(std::string_view(bytes).substr(position))) {
    at.push_back(position);
    position += header->total_bytes();
  }
  return at;
}

}  // namespace

TEST_CASE("a block torn at any byte is cut at recovery, and what came before it stays") {
  Segments s;
  fill(s, 5);
  s.forget_clean_end();
  const fs::path file = s.files(".seg")[0];
  const std::string whole = s.read(file);
  const auto blocks = blocks_of(whole);
  REQUIRE(blocks.size() == 5);
  const std::size_t last = blocks[4];
  const std::size_t end = last + segments::decode_block_header(std::string_view(whole).substr(last))->total_bytes();
  for (std::size_t cut = last; cut < end - 8; cut += 7) {
    std::string torn = whole;
    std::fill(torn.begin() + static_cast<std::ptrdiff_t>(cut), torn.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    s.write(file, torn);
    auto log = s.open();
    REQUIRE(log);
    CHECK((*log)->end() == 4);
    append(**log, Visit("b").page(0));
    CHECK((*log)->end() == 5);
    (*log)->stop();
    s.forget_clean_end();
  }
}

TEST_CASE("old bytes behind a torn tail never pass for new ones") {
  Segments s;
  fill(s, 3, 2000);
  s.forget_clean_end();
  const fs::path file = s.files(".seg")[0];
  std::string bytes = s.read(file);
  const auto blocks = blocks_of(bytes);
  bytes[blocks[2] + segments::kBlockHeaderBytes + 5] ^= 1;  // the last block is torn, its later bytes remain
  s.write(file, bytes);
  {
    auto log = s.open();
    REQUIRE(log);
    CHECK((*log)->end() == 2);
    append(**log, Visit("b").page(0));  // shorter than what lay there
  }
  auto log = s.open();
  REQUIRE(log);
  CHECK((*log)->end() == 3);
}

TEST_CASE("damage inside is named and refused, never cut") {
  Segments s;
  fill(s, 5);
  s.forget_clean_end();
  const fs::path file = s.files(".seg")[0];
  const std::string whole = s.read(file);
  for (std::size_t block : {0, 2, 3}) {
    std::string damaged = whole;
    damaged[blocks_of(whole)[block] + segments::kBlockHeaderBytes + 20] ^= 0x40;
    s.write(file, damaged);
    auto log = s.open();
    REQUIRE_FALSE(log);
    CHECK(log.error().code == ErrorCode::kCorrupt);
    CHECK(log.error().message.find(file.filename().string()) != std::string::npos);
    CHECK(log.error().message.find("offset " + std::to_string(block)) != std::string::npos);
  }
}

TEST_CASE("of what was written relaxed, a hole takes what lies behind it") {
  Segments s;
  fill(s, 2);
  s.options.is_relaxed = true;
  fill(s, 3);
  s.forget_clean_end();
  const fs::path file = s.files(".seg")[0];
  const std::string whole = s.read(file);
  std::string damaged = whole;
  damaged[blocks_of(whole)[3] + segments::kBlockHeaderBytes + 20] ^= 0x40;
  s.write(file, damaged);
  s.options.is_relaxed = false;  // whatever the log is now: what counts is how the blocks were written
  {
    auto log = s.open();
    REQUIRE(log);
    CHECK((*log)->end() == 3);
  }
  s.forget_clean_end();
  damaged = whole;
  damaged[blocks_of(whole)[0] + segments::kBlockHeaderBytes + 20] ^= 0x40;
  s.write(file, damaged);
  CHECK_FALSE(s.open());
}

TEST_CASE("after a clean stop even the last block may not be missing") {
  Segments s;
  fill(s, 5);
  const fs::path file = s.files(".seg")[0];
  std::string bytes = s.read(file);
  bytes[blocks_of(bytes)[4] + 60] ^= 1;
  s.write(file, bytes);
  auto log = s.open();
  REQUIRE_FALSE(log);
  CHECK(log.error().message.find("closed at offset 5") != std::string::npos);
}

TEST_CASE("a damaged clean mark vouches for nothing, and blames no segment") {
  Segments s;
  fill(s, 5);
  const fs::path mark = s.folder.path() / "clean";
  const std::string whole = s.read(mark);
  REQUIRE(segments::decode_clean_mark(whole) == 5);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] ^= 4;
    CHECK_FALSE(segments::decode_clean_mark(bytes));
  }
  s.write(mark, "9" + whole.substr(1));
  auto log = s.open();
  REQUIRE(log);
  CHECK((*log)->end() == 5);
}

TEST_CASE("a newer format is refused with a clear word") {
  Segments s;
  fill(s, 1);
  const fs::path file = s.files(".seg")[0];
  std::string bytes = s.read(file);
  bytes[8] = 9;
  s.write(file, bytes);
  auto log = s.open();
  REQUIRE_FALSE(log);
  CHECK(log.error().message.find("newer than this program") != std::string::npos);
}

TEST_CASE("two processes cannot hold one folder") {
  Segments s;
  auto log = s.open();
  REQUIRE(log);
  auto second = s.open();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::kConflict);
}

TEST_CASE("the log goes on over many segments, sealed ones answer from their index, and a lost index is made again") {
  Segments s;
  fill(s, 60, 60'000);  // about 17 fit into one
  CHECK(s.files(".seg").size() >= 4);
  for (const fs::path& index : s.files(".idx")) fs::remove(index);
  {
    auto log = s.open();
    REQUIRE(log);
    CHECK((*log)->end() == 60);
    for (int i = 0; i < 200 && s.files(".idx").size() + 1 < s.files(".seg").size(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(s.files(".idx").size() + 1 == s.files(".seg").size());
    auto found = (*log)->read_visitor(Visit("a").key(), UINT64_MAX, 500);
    REQUIRE(found);
    CHECK(found->size() == 60);
  }
  std::string index = s.read(s.files(".idx")[0]);
  index[200] ^= 1;
  s.write(s.files(".idx")[0], index);  // damaged: made again from the segment
  auto log = s.open();
  REQUIRE(log);
  CHECK((*log)->read_visitor(Visit("a").key(), 5, 500)->size() == 5);
}

TEST_CASE("a segment that was renamed into place but never written is forgotten, and nothing before it is touched") {
  Segments s;
  fill(s, 60, 60'000);
  {
    auto log = s.open();  // so that every full segment is sealed
    REQUIRE(log);
    for (int i = 0; i < 200 && s.files(".idx").size() + 1 < s.files(".seg").size(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  s.forget_clean_end();
  const fs::path newest = s.files(".seg").back();
  fs::remove(newest);  // as if the crash came before its first block
  s.write(newest, std::string(1 << 20, '\0'));
  Offset end = 0;
  {
    auto log = s.open();
    REQUIRE(log);
    end = (*log)->end();
    CHECK(end > 40);
    append(**log, Visit("b").page(0));
    CHECK((*log)->end() == end + 1);
  }
  auto log = s.open();
  REQUIRE(log);
  CHECK((*log)->end() == end + 1);
  CHECK((*log)->read_visitor(Visit("a").key(), UINT64_MAX, 500)->size() == end);
}

TEST_CASE("a newest segment whose header is gone is not forgotten while it holds what was acknowledged") {
  Segments s;
  fill(s, 3);
  s.forget_clean_end();
  const fs::path file = s.files(".seg")[0];
  std::string bytes = s.read(file);
  std::fill_n(bytes.begin(), segments::kSegmentHeaderBytes, '\0');
  s.write(file, bytes);
  auto log = s.open();
  REQUIRE_FALSE(log);
  CHECK(log.error().message.find(file.filename().string()) != std::string::npos);
  CHECK(fs::exists(file));
}

TEST_CASE("a segment that was cut off is named, be it the newest or not") {
  Segments s;
  fill(s, 60, 60'000);
  s.forget_clean_end();
  for (const fs::path& file : {s.files(".seg").front(), s.files(".seg").back()}) {
    const std::string whole = s.read(file);
    s.write(file, whole.substr(0, whole.size() - 1000));
    auto log = s.open();
    REQUIRE_FALSE(log);
    CHECK(log.error().message.find(file.filename().string() + ": ends before byte") != std::string::npos);
    s.write(file, whole);
  }
}

TEST_CASE("a log that fails to open vouches for no end") {
  Segments s;
  fill(s, 300, 10'000);
  s.forget_clean_end();
  const auto files = s.files(".seg");
  REQUIRE(files.size() > 2);
  fs::remove(files[1]);
  CHECK_FALSE(s.open());
  CHECK_FALSE(fs::exists(s.folder.path() / "clean"));
}

TEST_CASE("a missing segment in the middle is named") {
  Segments s;
  fill(s, 60, 60'000);
  fs::remove(s.files(".seg")[1]);
  auto log = s.open();
  REQUIRE_FALSE(log);
  CHECK(log.error().message.find("the segment before it ends at") != std::string::npos);
}

TEST_CASE("whole old segments go by age, never past the released offset") {
  Segments s;
  s.options.retention = kDay;
  fill(s, 60, 60'000);
  s.clock.advance(3 * kDay);
  auto log = s.open();
  REQUIRE(log);
  const auto wait_until_kept = [&](auto kept) {
    for (int i = 0; i < 300 && !kept(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(kept());
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  CHECK((*log)->begin() == 0);
  (*log)->release_before(20);
  wait_until_kept([&] { return (*log)->begin() > 0; });
  CHECK((*log)->begin() <= 20);
  (*log)->release_before(60);
  wait_until_kept([&] { return (*log)->begin() > 20; });
  auto gone = (*log)->read(0, {}, 1000);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::kNotFound);
}

TEST_CASE("whole old segments go by size, never past the released offset") {
  Segments s;
  s.options.retention_bytes = 3 * s.options.segment_bytes;
  fill(s, 60, 60'000);
  auto log = s.open();
  REQUIRE(log);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  CHECK((*log)->begin() == 0);
  REQUIRE((*log)->counters().segments > 3);
  (*log)->release_before(60);
  for (int i = 0; i < 300 && (*log)->counters().segments > 3; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK((*log)->counters().segments == 3);
  CHECK((*log)->begin() > 0);
  CHECK((*log)->end() == 60);
}

TEST_CASE("too much waiting is refused, with nothing kept") {
  Segments s;
  s.options.waiting_bytes_max = 1000;
  auto log = s.open();
  REQUIRE(log);
  Record large = Visit("a").page(0);
  std::get<Event>(large.body).data_json = std::string(2000, 'x');
  std::promise<Result<Receipt>> done;
  (*log)->append({large}, [&](Result<Receipt> receipt) { done.set_value(std::move(receipt)); });
  auto refused = done.get_future().get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kUnavailable);
  CHECK((*log)->end() == 0);
  CHECK((*log)->counters().refused == 1);
}
