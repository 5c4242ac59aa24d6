// SPDX-License-Identifier: Apache-2.0
#include "cluster/control_view.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;

namespace {

struct Log final : ControlLog {
  Result<Offset> append(const std::vector<Record>& more) override {
    for (const Record& entry : more) entries.push_back({next++, entry});
    return next - more.size();
  }
  Result<std::vector<LoggedRecord>> read(Offset from) override {
    std::vector<LoggedRecord> out;
    std::ranges::copy_if(entries, std::back_inserter(out), [from](const auto& entry) { return entry.offset >= from; });
    return out;
  }
  Result<std::size_t> forget(Offset below, const std::function<bool(Offset)>& is_needed) override {
    return std::erase_if(entries,
                         [&](const auto& entry) { return entry.offset + 1 < below && !is_needed(entry.offset); });
  }
  // An agent comes and goes, a minute each.
  void come_and_go(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) {
      const UnixMillis at = kStart + static_cast<Millis>(next) * kMinute;
      REQUIRE(append({{"default", "", at * 1000, 0, AgentAvailability{name, i % 2 == 0, at}}}));
    }
  }
  std::vector<LoggedRecord> entries;
  Offset next = 0;
};

std::vector<Offset> offsets(const ControlView& view) {
  std::vector<Offset> out;
  for (const LoggedRecord& entry : view.state()->entries()) out.push_back(entry.offset);
  std::ranges::sort(out);
  return out;
}

}  // namespace

TEST_CASE("a log that forgot what was superseded tells those who read it later the same") {
  constexpr std::size_t kHeld = ControlState::kEntriesPerAgentMax;
  FakeClock clock;
  Log log;
  ControlView early(log, clock), late(log, clock);
  log.come_and_go("Maya", 20);
  REQUIRE(late.refresh());
  log.come_and_go("Tom", 3);
  log.come_and_go("Maya", 180);
  REQUIRE(early.refresh());
  CHECK(early.compact_when(1000).value() == 0);
  CHECK(log.entries.size() == 203);

  CHECK(early.compact_when(100).value() == 200 - kHeld);
  CHECK(log.entries.size() == kHeld + 3);
  CHECK(early.compact_when(100).value() == 0);
  ControlView fresh(log, clock);
  REQUIRE(fresh.refresh());
  REQUIRE(late.refresh());
  CHECK(offsets(fresh) == offsets(early));
  CHECK(offsets(late) == offsets(early));
  for (UnixMillis at = kStart + 203 * kMinute - static_cast<Millis>(kHeld) * kMinute; at < kStart + 210 * kMinute;
       at += 30 * kSecond)
    CHECK(fresh.state()->agents_available("default", at) == early.state()->agents_available("default", at));

  log.come_and_go("Maya", 99);
  REQUIRE(early.refresh());
  CHECK(early.compact_when(100).value() == 0);
  log.come_and_go("Maya", 1);
  REQUIRE(early.refresh());
  CHECK(early.compact_when(100).value() == 100);
}
