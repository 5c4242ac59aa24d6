// SPDX-License-Identifier: Apache-2.0
#include "cluster/batch_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "adapters/memory/memory_shared_state.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// A fold that cannot bear events of one type.
void fold_but_poison(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects) {
  const auto* event = std::get_if<Event>(&logged.record.body);
  if (event != nullptr && event->type == "poison") {
    visitor.log_time = 0;  // half changed
    throw std::runtime_error("poisoned");
  }
  fold(context, visitor, logged, effects);
}

struct Nothing final : ControlLog {
  Result<Offset> append(const std::vector<Record>&) override { return 0; }
  Result<std::vector<LoggedRecord>> read(Offset) override {
    if (is_down) return fail(ErrorCode::kUnavailable, "not there");
    return std::vector<LoggedRecord>{};
  }
  Result<std::size_t> forget(Offset, const std::function<bool(Offset)>&) override { return 0; }
  bool is_down = false;
};

struct Worker final : RecordSink, NewsSender {
  void append(std::vector<Record> records, Appended done) override {
    appended.insert(appended.end(), records.begin(), records.end());
    done(Receipt{});
  }
  Result<void> health() const override { return {}; }
  Result<void> send(const std::vector<Publication>& news) override {
    told.insert(told.end(), news.begin(), news.end());
    return {};
  }
  // A message of these records, the next of the stream.
  StreamBlock block(const std::vector<Record>& records) {
    StreamBlock out;
    out.visitor = records.front().key();
    out.sequence = std::to_string(sequence += 5);
    out.arrived_at = kStart;
    std::vector<std::string> encoded;
    for (const Record& record : records) encoded.push_back(encode(record));
    out.records = std::move(encoded);
    return out;
  }
  Visitor visitor(const Visit& visit) {
    const VisitorKey key = visit.key();
    return state.load(std::span(&key, 1))->front().visitor;
  }

  FakeClock clock;
  MemorySharedState state;
  Nothing log;
  ControlView control{log, clock};
  std::vector<Record> appended;
  std::vector<Publication> told;
  std::uint64_t sequence = 95;
  BatchFolder folder{{.fold = &fold_but_poison}, {state, *this, *this, control, clock}};
};

// A state that lets somebody else act between a load and the commit that follows.
struct Overtaken final : SharedState {
  explicit Overtaken(SharedState& state) : inner(state) {}
  Result<std::vector<SharedVisitor>> load(std::span<const VisitorKey> keys) override { return inner.load(keys); }
  Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) override {
    return inner.seen_ids(key, ids);
  }
  Result<SharedVisitor> commit(const VisitorCommit& commit) override {
    if (before_commit) std::exchange(before_commit, nullptr)();
    return inner.commit(commit);
  }
  Result<void> write_rows(const std::string& rows, std::uint64_t version) override {
    return inner.write_rows(rows, version);
  }
  Result<void> mark_told(VisitorKey key, std::uint64_t version) override { return inner.mark_told(key, version); }
  Result<void> bury(std::span<const DeadLetter> letters) override { return inner.bury(letters); }
  Result<std::vector<TimerRow>> due(UnixMillis now, std::size_t limit) override { return inner.due(now, limit); }
  SharedState& inner;
  std::function<void()> before_commit;
};

Record poison(Visit& visit, Millis at) {
  Record record = visit.page(at);
  std::get<Event>(record.body).type = "poison";
  return record;
}

}  // namespace

TEST_CASE("a record that breaks the fold is set aside whole; its visitor goes on, known to lack something") {
  Worker worker;
  Visit a("a");
  Visit b("b");
  const Record bad = poison(a, 50);
  const std::vector<StreamBlock> blocks{worker.block({a.page(0), bad, a.struggle(100, 3)}), worker.block({b.page(0)}),
                                        worker.block({poison(a, 150)}), worker.block({a.page(200)})};
  CHECK(worker.folder.fold(blocks).empty());
  const auto letters = worker.state.lists().dead_letters(10);
  REQUIRE(letters->size() == 2);
  CHECK(std::ranges::any_of(*letters, [&](const DeadLetter& l) { return l.bytes == encode(bad); }));
  CHECK(letters->front().error == "poisoned");
  CHECK(letters->front().visitor == a.key());
  const Visitor visitor = worker.visitor(a);
  CHECK(visitor.journey.degraded);
  CHECK(visitor.journey.events == 3);
  CHECK(visitor.next_offset == 5);
  CHECK(visitor.log_time == kStart + 200);
  CHECK(visitor.offer.has_value());
  CHECK_FALSE(worker.visitor(b).journey.degraded);

  CHECK(worker.folder.fold(blocks).empty());  // again: nothing more of it
  CHECK(worker.state.lists().dead_letters(10)->size() == 2);
  CHECK(worker.visitor(a).journey.events == 3);
}

TEST_CASE("a message that is none of ours is a dead letter, and nobody waits for it") {
  Worker worker;
  Visit a("a");
  StreamBlock nameless = worker.block({a.page(0)});
  nameless.visitor = {};
  nameless.raw = "whole";
  const StreamBlock good = worker.block({a.page(1)});
  StreamBlock damaged = worker.block({a.page(2)});
  damaged.records = fail(ErrorCode::kCorrupt, "damaged");
  damaged.raw = "message";
  const std::vector<StreamBlock> blocks{nameless, good, damaged};
  CHECK(worker.folder.fold(blocks).empty());
  const auto letters = worker.state.lists().dead_letters(10);
  REQUIRE(letters->size() == 2);
  CHECK(worker.visitor(a).journey.events == 1);
  CHECK(worker.visitor(a).journey.degraded);
}

TEST_CASE("a worker that was overtaken by one that went further writes nothing over what came after") {
  Worker worker;
  Visit a("a");
  const std::vector<StreamBlock> blocks{worker.block({a.page(0)}), worker.block({a.page(1)}),
                                        worker.block({a.page(2)})};
  Overtaken state(worker.state);
  BatchFolder slow({}, {state, worker, worker, worker.control, worker.clock});
  state.before_commit = [&] { CHECK(worker.folder.fold(blocks).empty()); };
  CHECK(slow.fold(std::span(blocks).first(1)).empty());
  CHECK(slow.counters().conflicts == 1);
  CHECK(worker.visitor(a).journey.events == 3);
  CHECK(worker.visitor(a).next_offset == 3);
  CHECK(worker.folder.fold(blocks).empty());
  CHECK(worker.visitor(a).journey.events == 3);
}

TEST_CASE("foreign ids count once within a day, in one batch or in two") {
  Worker worker;
  Visit a("a");
  const auto foreign = [&](Millis at) {
    Record record = a.page(at);
    auto& event = std::get<Event>(record.body);
    event.id = "the-same";
    event.tab_id.clear();
    return record;
  };
  CHECK(worker.folder.fold(std::vector{worker.block({foreign(0), foreign(1)}), worker.block({foreign(2)})}).empty());
  CHECK(worker.visitor(a).journey.events == 1);
  CHECK(worker.folder.fold(std::vector{worker.block({foreign(kDay - 10)})}).empty());
  CHECK(worker.visitor(a).profile.journeys == 1);
  CHECK(worker.folder.fold(std::vector{worker.block({foreign(kDay + 10)})}).empty());
  CHECK(worker.visitor(a).profile.journeys == 2);
}

TEST_CASE("nothing is folded while what holds for all has not been seen for five seconds") {
  Worker worker;
  Visit a("a");
  CHECK(worker.folder.fold(std::vector{worker.block({a.page(0)})}).empty());
  worker.log.is_down = true;
  worker.clock.advance(4 * kSecond);
  CHECK(worker.folder.fold(std::vector{worker.block({a.page(1)})}).empty());
  worker.clock.advance(2 * kSecond);
  const std::vector<StreamBlock> late{worker.block({a.page(2)}), worker.block({a.page(3)})};
  CHECK(worker.folder.fold(late) == std::vector<std::size_t>{0, 1});
  CHECK(worker.visitor(a).journey.events == 2);
  worker.log.is_down = false;
  CHECK(worker.folder.fold(late).empty());
  CHECK(worker.visitor(a).journey.events == 4);
}

TEST_CASE("sequence numbers are compared as numbers, whatever their length") {
  CHECK(is_before("9", "10"));
  CHECK(is_before("49590338271490256608559692538361571095921575989136588898",
                  "49590338271490256608559692540925702759324208523137515618"));
  CHECK_FALSE(is_before("10", "10"));
  CHECK_FALSE(is_before("10", "9"));
}
