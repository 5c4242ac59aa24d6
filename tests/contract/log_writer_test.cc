// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/log_writer.h"

#include <doctest/doctest.h>

#include <future>

#include "adapters/segments/log_history.h"
#include "adapters/segments/segments_log.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::test;

namespace {

constexpr std::uint64_t kSegmentBytes = 1 << 20;

std::string entry_of(const Record& record) {
  std::string out;
  segments::append_entry(out, record.key(), core::foreign_id(record).value_or(0), record);
  return out;
}

}  // namespace

TEST_CASE("the log takes up what was written for it: from its first offset, over segments, with places for nothing") {
  const TemporaryFolder folder;
  FakeClock clock;
  Visit visit("anna");
  constexpr Offset kFirst = 1000;
  constexpr Offset kCount = 400;
  auto writer = segments::LogWriter::open(folder.path(), kFirst, kSegmentBytes);
  REQUIRE(writer);
  for (Offset i = 0; i < kCount; ++i) {
    Record record = visit.event(static_cast<Millis>(i), Custom{}, "note");
    std::get<Event>(record.body).data_json = std::string(10'000, 'x');
    const auto offset = i % 10 == 3 ? writer->skip(kStart + static_cast<UnixMillis>(i))
                                    : writer->add(entry_of(record), kStart + static_cast<UnixMillis>(i));
    REQUIRE(offset);
    CHECK(*offset == kFirst + i);
  }
  REQUIRE(*writer->finish() == kFirst + kCount);

  segments::LogOptions options;
  options.folder = folder.path();
  options.segment_bytes = kSegmentBytes;
  options.block_bytes_max = 128 << 10;
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  CHECK((*log)->begin() == kFirst);
  CHECK((*log)->end() == kFirst + kCount);
  CHECK((*log)->counters().segments > 3);
  auto own = (*log)->read_visitor(visit.page(0).key(), kFirst + kCount, SIZE_MAX);
  REQUIRE(own);
  REQUIRE(own->size() == kCount - kCount / 10);
  CHECK(own->front().offset == kFirst + kCount - 1);
  CHECK(own->back().offset == kFirst);
  std::promise<Offset> appended;
  (*log)->append({visit.page(5000)}, [&](const Result<Receipt>& receipt) { appended.set_value(*receipt->first); });
  CHECK(appended.get_future().get() == kFirst + kCount);
}

TEST_CASE("blocks fit into segments, however small the records are") {
  const TemporaryFolder folder;
  auto writer = segments::LogWriter::open(folder.path(), 0, kSegmentBytes);
  REQUIRE(writer);
  const std::string entry = entry_of(Visit("anna").page(0));
  const auto count = static_cast<Offset>(3 * kSegmentBytes / entry.size());
  for (Offset i = 0; i < count; ++i) REQUIRE(writer->add(entry, kStart));
  REQUIRE(*writer->finish() == count);
  auto log = segments::LogHistory::open(folder.path());
  REQUIRE(log);
  Offset seen = 0;
  for (auto block = log->next(); block && *block; block = log->next()) seen += (*block)->entries.size();
  CHECK(seen == count);
}

TEST_CASE("a log of nothing begins where it is to begin") {
  const TemporaryFolder folder;
  FakeClock clock;
  auto writer = segments::LogWriter::open(folder.path(), 7, kSegmentBytes);
  REQUIRE(writer);
  REQUIRE(writer->finish());
  segments::LogOptions options;
  options.folder = folder.path();
  auto log = segments::SegmentsLog::open(options, clock);
  REQUIRE(log);
  CHECK((*log)->begin() == 7);
  CHECK((*log)->end() == 7);
}

TEST_CASE("a record that no segment can hold is refused") {
  const TemporaryFolder folder;
  auto writer = segments::LogWriter::open(folder.path(), 0, kSegmentBytes);
  REQUIRE(writer);
  REQUIRE(writer->add(std::string(2 * kSegmentBytes, 'x'), kStart));
  const auto done = writer->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::kLimitExceeded);
}
