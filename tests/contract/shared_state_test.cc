// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/memory/memory_shared_state.h"
#include "core/fold/fold.h"
#include "engine/rows.h"
#include "tests/support/dynamo.h"
#include "tests/support/records.h"

// The contract of SharedState and of its history, on every one there is: in memory, and in DynamoDB where
// HANDRAIL_TEST_DYNAMODB names an endpoint (make test-peers does).
using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

struct Shared {
  std::string name;
  SharedState* state = nullptr;
  RecordHistory* history = nullptr;
  StateReader* lists = nullptr;
};

template <class Test>
void on_every_state(const Test& test) {
  {
    MemorySharedState memory;
    Shared shared{"memory", &memory, &memory, &memory.lists()};
    CAPTURE(shared.name);
    test(shared);
  }
  const char* endpoint = std::getenv("HANDRAIL_TEST_DYNAMODB");
  if (endpoint == nullptr) return;
  DynamoOfItsOwn dynamo(endpoint);
  Shared shared{"dynamodb", &dynamo.state(), &dynamo.history(), &dynamo.lists()};
  CAPTURE(shared.name);
  test(shared);
}

SharedVisitor load_one(SharedState& state, VisitorKey key) {
  auto loaded = state.load(std::span(&key, 1));
  REQUIRE_MESSAGE(loaded, loaded.error().message);
  REQUIRE(loaded->size() == 1);
  return std::move(loaded->front());
}

// Folds the records as a worker would, and makes of them what is to be committed.
struct Turn {
  Turn(SharedState& state, const Visit& visit, const std::vector<Record>& records)
      : before(load_one(state, visit.key())), visitor(before.visitor) {
    const Rules rules;
    const ControlState control;
    for (const Record& record : records) {
      const LoggedRecord logged{visitor.next_offset, record};
      Effects effects;
      fold({rules, control, false}, visitor, logged, effects);
      add_rows(commit.rows, visit.key(), effects);
      add_news(commit.news, visit.key(), record, effects);
      block.push_back(logged);
    }
    commit.key = visit.key();
    commit.before = &before;
    commit.after = &visitor;
    commit.blocks = {block};
  }
  SharedVisitor before;
  Visitor visitor;
  std::vector<LoggedRecord> block;
  VisitorCommit commit;
};

}  // namespace

TEST_CASE("shared state: what is committed is loaded, with what is untold, until it is marked told") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    CHECK(load_one(*shared.state, a.key()).version == 0);
    Turn turn(*shared.state, a, {a.page(0), a.struggle(100, 3)});
    turn.commit.applied = "4969";
    turn.commit.appends = {Visit("b").page(0)};
    REQUIRE(turn.visitor.offer);
    auto committed = shared.state->commit(turn.commit);
    REQUIRE_MESSAGE(committed, committed.error().message);

    SharedVisitor loaded = load_one(*shared.state, a.key());
    CHECK(loaded.version == committed->version);
    CHECK(loaded.version > 0);
    CHECK(loaded.applied == "4969");
    CHECK(core::encode(loaded.visitor) == core::encode(turn.visitor));
    REQUIRE(loaded.untold.news.size() == 1);
    CHECK(std::get<InterventionNews>(loaded.untold.news.front().news).intervention.id == turn.visitor.offer->id);
    REQUIRE(loaded.untold.appends.size() == 1);
    CHECK(core::encode(loaded.untold.appends.front()) == core::encode(turn.commit.appends.front()));

    CHECK(shared.lists->signals(a.key(), {})->items.empty());
    for (int twice = 0; twice < 2; ++twice) REQUIRE(shared.state->write_rows(loaded.untold.rows, loaded.version));
    CHECK(shared.lists->signals(a.key(), {})->items.size() == turn.commit.rows.signals.size());
    CHECK(shared.lists->decisions(a.key(), {})->items.size() == 1);
    CHECK(shared.lists->live_interventions()->size() == 1);
    REQUIRE(shared.state->mark_told(a.key(), loaded.version));
    loaded = load_one(*shared.state, a.key());
    CHECK(loaded.untold.is_empty());
    CHECK(loaded.applied == "4969");
  });
}

TEST_CASE("shared state: who was slower cannot write, nor say that all is told") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn first(*shared.state, a, {a.page(0)});
    Turn second(*shared.state, a, {a.page(0), a.struggle(100, 3)});
    first.commit.applied = "10";
    second.commit.applied = "11";
    REQUIRE(shared.state->commit(second.commit));
    auto refused = shared.state->commit(first.commit);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK(load_one(*shared.state, a.key()).applied == "11");

    const SharedVisitor stale = load_one(*shared.state, a.key());
    Turn third(*shared.state, a, {a.page(200)});
    third.commit.applied = "12";
    third.commit.news = second.commit.news;
    REQUIRE(shared.state->commit(third.commit));
    auto marked = shared.state->mark_told(a.key(), stale.version);
    REQUIRE_FALSE(marked);
    CHECK(marked.error().code == ErrorCode::kConflict);
    CHECK_FALSE(load_one(*shared.state, a.key()).untold.is_empty());
  });
}

TEST_CASE("shared state: who was held up does not write rows over newer ones") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn first(*shared.state, a, {a.page(0), a.struggle(100, 3)});
    first.commit.applied = "10";
    const auto before = shared.state->commit(first.commit);
    REQUIRE(before);
    const InterventionId offer = first.visitor.offer->id;
    Turn second(*shared.state, a, {a.answer(200, offer, AnswerKind::kDisplayed)});
    second.commit.applied = "11";
    const auto after = shared.state->commit(second.commit);
    REQUIRE(after);
    REQUIRE(shared.state->write_rows(before->untold.rows, before->version));
    REQUIRE(shared.state->write_rows(after->untold.rows, after->version));
    REQUIRE(shared.lists->intervention(offer).value()->state == OfferState::kDisplayed);
    REQUIRE(shared.state->write_rows(before->untold.rows, before->version));
    CHECK(shared.lists->intervention(offer).value()->state == OfferState::kDisplayed);
    CHECK(shared.lists->live_interventions()->size() == 1);
  });
}

TEST_CASE("shared state: a visitor's records are listed newest first, once, however often they are written") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn turn(*shared.state, a, {a.page(0), a.page(1), a.page(2)});
    turn.commit.applied = "10";
    REQUIRE(shared.state->commit(turn.commit));
    (void)shared.state->commit(turn.commit);  // again, as after an answer that was lost
    Turn later(*shared.state, a, {a.page(3)});
    later.commit.applied = "11";
    REQUIRE(shared.state->commit(later.commit));
    const auto all = shared.history->read_visitor(a.key(), INT64_MAX, 10);
    REQUIRE(all);
    REQUIRE(all->size() == 4);
    CHECK(all->front().offset == 3);
    CHECK(all->back().offset == 0);
    const auto two = shared.history->read_visitor(a.key(), 3, 2);
    REQUIRE(two);
    REQUIRE(two->size() == 2);
    CHECK(two->front().offset == 2);
    CHECK(shared.history->read_visitor(Visit("z").key(), INT64_MAX, 10)->empty());
  });
}

TEST_CASE("shared state: foreign ids are known where they were seen first") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn turn(*shared.state, a, {a.page(0)});
    turn.commit.applied = "10";
    turn.commit.new_ids = {{7, {0, 1000}}, {UINT64_MAX, {0, 2000}}};
    REQUIRE(shared.state->commit(turn.commit));
    const std::uint64_t asked[] = {7, 8, UINT64_MAX};
    const auto seen = shared.state->seen_ids(a.key(), asked);
    REQUIRE(seen);
    CHECK(seen->size() == 2);
    CHECK(seen->at(7).at == 1000);
    CHECK(seen->at(UINT64_MAX).offset == 0);
    CHECK(shared.state->seen_ids(Visit("b").key(), asked)->empty());
  });
}

TEST_CASE("shared state: deadlines are found when they have passed") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn turn(*shared.state, a, {a.page(0), a.struggle(100, 3)});
    turn.commit.applied = "10";
    REQUIRE(shared.state->commit(turn.commit));
    const auto due = core::next_due(turn.visitor);
    REQUIRE(due);
    CHECK(shared.state->due(*due - 1, 10)->empty());
    const auto rows = shared.state->due(*due, 10);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front() == TimerRow{*due, a.key()});
  });
}

TEST_CASE("shared state: nothing is left of who was erased, but how their records are counted") {
  on_every_state([](const Shared& shared) {
    Visit a("a");
    Turn turn(*shared.state, a, {a.page(0), a.struggle(100, 3)});
    turn.commit.applied = "10";
    turn.commit.new_ids = {{7, {0, 1000}}};
    auto committed = shared.state->commit(turn.commit);
    REQUIRE(committed);
    REQUIRE(shared.state->write_rows(committed->untold.rows, committed->version));

    const SharedVisitor before = load_one(*shared.state, a.key());
    core::Visitor nobody;
    nobody.next_offset = 3;
    VisitorCommit erasing;
    erasing.key = a.key();
    erasing.before = &before;
    erasing.after = &nobody;
    erasing.applied = "11";
    erasing.rows.erased = {{a.key(), 3, 1000, std::nullopt}};
    committed = shared.state->commit(erasing);
    REQUIRE_MESSAGE(committed, committed.error().message);
    for (int twice = 0; twice < 2; ++twice)
      REQUIRE(shared.state->write_rows(committed->untold.rows, committed->version));

    CHECK_FALSE(*shared.lists->visitor(a.key()));
    CHECK(shared.lists->signals(a.key(), {})->items.empty());
    CHECK(shared.lists->decisions(a.key(), {})->items.empty());
    CHECK(shared.lists->live_interventions()->empty());
    CHECK(shared.history->read_visitor(a.key(), INT64_MAX, 10)->empty());
    const std::uint64_t asked[] = {7};
    CHECK(shared.state->seen_ids(a.key(), asked)->empty());
    const SharedVisitor after = load_one(*shared.state, a.key());
    CHECK(after.visitor.next_offset == 3);
    CHECK(after.applied == "11");
    CHECK(after.visitor.id.empty());
  });
}

TEST_CASE("shared state: hundreds of visitors are loaded in the order in which they were asked for") {
  on_every_state([](const Shared& shared) {
    std::vector<VisitorKey> keys;
    for (int i = 0; i < 230; ++i) {
      Visit v("v" + std::to_string(i));
      keys.push_back(v.key());
      if (i % 50 != 0) continue;
      Turn turn(*shared.state, v, {v.page(0)});
      turn.commit.applied = std::to_string(i + 1);
      REQUIRE(shared.state->commit(turn.commit));
    }
    const auto loaded = shared.state->load(keys);
    REQUIRE_MESSAGE(loaded, loaded.error().message);
    REQUIRE(loaded->size() == 230);
    for (std::size_t i = 0; i < 230; ++i) CHECK((*loaded)[i].applied == (i % 50 == 0 ? std::to_string(i + 1) : ""));
  });
}

TEST_CASE("shared state: the control log forgets what was superseded, as far as it was appended together") {
  const char* endpoint = std::getenv("HANDRAIL_TEST_DYNAMODB");
  if (endpoint == nullptr) return;
  DynamoOfItsOwn dynamo(endpoint);
  auto& log = dynamo.control();
  const auto agent = [](const std::string& name, bool is_available) {
    return Record{"default", "", kStart * 1000, 0, AgentAvailability{name, is_available, 1}};
  };
  const std::vector<std::vector<Record>> appends{
      {agent("ada", true)}, {agent("bob", true), agent("ada", false)}, {agent("bob", false)}, {agent("ada", true)}};
  for (const auto& together : appends) REQUIRE(log.append(together));
  const auto offsets = [&] {
    const auto entries = log.read(0);
    REQUIRE(entries);
    std::vector<Offset> out;
    for (const LoggedRecord& entry : *entries) out.push_back(entry.offset);
    return out;
  };
  REQUIRE(offsets() == std::vector<Offset>{0, 1, 2, 3, 4});
  CHECK(log.forget(5, [](Offset offset) { return offset == 2; }).value() == 2);  // 0 and 3; 1 stays with 2, 4 is newest
  CHECK(offsets() == std::vector<Offset>{1, 2, 4});
  CHECK(log.forget(5, [](Offset) { return false; }).value() == 2);
  CHECK(offsets() == std::vector<Offset>{4});
  CHECK(log.append({agent("bob", true)}).value() == 5);  // no number comes twice
}
