// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "adapters/rocksdb/rocksdb_tables.h"
#include "base/archive.h"
#include "tests/support/folder.h"
#include "tests/support/temporary_folder.h"

// The contract of StateStore and StateReader, on every engine there is.
using namespace handrail;
using namespace handrail::test;

namespace {

void on_every_store(const std::function<void(TableStateStore&)>& test) {
  SUBCASE("memory") { test(**TableStateStore::open(std::make_unique<MemoryTables>())); }
  SUBCASE("rocksdb") {
    TemporaryFolder folder;
    auto tables = open_rocksdb_tables({folder.path(), 8 << 20, 8 << 20});
    REQUIRE(tables);
    test(**TableStateStore::open(std::move(*tables)));
  }
}

Decision decision_at(UnixMillis at) {
  Decision d;
  d.id = DecisionId{id_of({"d", std::to_string(at)})};
  d.visitor = "a";
  d.at = at;
  return d;
}

Intervention intervention_in(OfferState state, UnixMillis at) {
  Intervention i;
  i.id = InterventionId{id_of({"i", std::to_string(at)})};
  i.site = "default";
  i.visitor = "a";
  i.state = state;
  i.made_at = at;
  return i;
}

}  // namespace

TEST_CASE("a batch is there whole: visitors, checkpoint, lists") {
  on_every_store([](TableStateStore& store) {
    Folder fold;
    Visit v("a");
    fold(v.struggle(0, 3));
    StateBatch batch;
    batch.checkpoint = {7, "1.0"};
    batch.visitors = {{v.key(), &fold.visitor}};
    for (const Signal& s : fold.signals) batch.signals.push_back({v.key(), s});
    for (const Decision& d : fold.decisions) batch.decisions.push_back({v.key(), d});
    REQUIRE(store.commit(batch));
    CHECK(store.checkpoint({})->next == 7);
    auto loaded = store.visitor(v.key());
    REQUIRE((loaded && *loaded));
    CHECK(archived(**loaded) == archived(fold.visitor));
    const auto listed = store.signals(v.key(), {});
    REQUIRE(listed->items.size() == 2);  // the trouble, and its reading
    CHECK(listed->items.back().analysis.has_value() != listed->items.front().analysis.has_value());
    CHECK(store.decision(fold.decisions[0].id)->has_value());
    const std::vector<VisitorKey> keys{Visit("nobody").key(), v.key()};
    auto some = store.load(keys);
    REQUIRE(some);
    CHECK_FALSE((*some)[0]);
    CHECK((*some)[1]);
  });
}

TEST_CASE("lists come newest first, in pages that meet without gap or repeat") {
  on_every_store([](TableStateStore& store) {
    const VisitorKey key = Visit("a").key();
    StateBatch batch;
    for (int i = 0; i < 25; ++i) batch.decisions.push_back({key, decision_at(1000 + i)});
    batch.decisions.push_back({Visit("b").key(), decision_at(9999)});
    REQUIRE(store.commit(batch));
    std::vector<UnixMillis> seen;
    ListRequest request{10, ""};
    while (true) {
      auto page = store.decisions(key, request);
      REQUIRE(page);
      for (const Decision& d : page->items) seen.push_back(d.at);
      if (!page->next) break;
      request.before = *page->next;
    }
    REQUIRE(seen.size() == 25);
    for (int i = 0; i < 25; ++i) CHECK(seen[i] == 1024 - i);
  });
}

TEST_CASE("a signal's newest state replaces the earlier one") {
  on_every_store([](TableStateStore& store) {
    const VisitorKey key = Visit("a").key();
    Signal signal;
    signal.episode.id = EpisodeId{id_of({"e"})};
    for (const SignalState state : {SignalState::kProvisional, SignalState::kConfirmed, SignalState::kRetracted}) {
      signal.state = state;
      StateBatch batch;
      batch.signals.push_back({key, signal});
      REQUIRE(store.commit(batch));
    }
    auto page = store.signals(key, {});
    REQUIRE(page);
    REQUIRE(page->items.size() == 1);
    CHECK(page->items[0].state == SignalState::kRetracted);
  });
}

TEST_CASE("exposures are a site's own, newest first, each once with the newest that is known of it") {
  on_every_store([](TableStateStore& store) {
    const auto exposure = [](std::string site, UnixMillis at) {
      Exposure e;
      e.decision = decision_at(at).id;
      e.site = std::move(site);
      e.visitor = "a";
      e.at = at;
      return e;
    };
    const VisitorKey key = Visit("a").key();
    StateBatch batch;
    for (int i = 0; i < 5; ++i) batch.exposures.push_back({key, exposure("shop", 1000 + i)});
    batch.exposures.push_back({key, exposure("shop-2", 1002)});
    REQUIRE(store.commit(batch));
    Exposure known = exposure("shop", 1003);
    known.outcome = Outcome{OutcomeKind::kGoal, 2000, "loan", ""};
    StateBatch later;
    later.exposures = {{key, known}};
    REQUIRE(store.commit(later));
    auto first = store.exposures("shop", {3, ""});
    REQUIRE((first && first->next));
    auto rest = store.exposures("shop", {3, *first->next});
    REQUIRE(rest);
    CHECK_FALSE(rest->next);
    std::vector<UnixMillis> seen;
    for (const Exposure& e : first->items) seen.push_back(e.at);
    for (const Exposure& e : rest->items) seen.push_back(e.at);
    CHECK(seen == std::vector<UnixMillis>{1004, 1003, 1002, 1001, 1000});
    CHECK(first->items[1].outcome->goal == "loan");
    Decision decision = decision_at(1003);
    decision.site = "shop";
    CHECK(store.exposure(decision)->value().outcome);
    decision.site = "blog";
    CHECK_FALSE(*store.exposure(decision));
  });
}

TEST_CASE("live interventions are those pending or displayed") {
  on_every_store([](TableStateStore& store) {
    const VisitorKey key = Visit("a").key();
    StateBatch batch;
    batch.interventions = {{key, intervention_in(OfferState::kPending, 1)},
                           {key, intervention_in(OfferState::kDisplayed, 2)}};
    REQUIRE(store.commit(batch));
    CHECK(store.live_interventions()->size() == 2);
    StateBatch ended;
    ended.interventions = {{key, intervention_in(OfferState::kExpired, 1)}};
    REQUIRE(store.commit(ended));
    REQUIRE(store.live_interventions()->size() == 1);
    CHECK(store.interventions(key, {})->items.size() == 2);
  });
}

TEST_CASE("timers are kept in order, per partition, until they go") {
  on_every_store([](TableStateStore& store) {
    const VisitorKey a = Visit("a").key();
    const VisitorKey b = Visit("b").key();
    StateBatch batch;
    batch.timers_set = {{300, a}, {100, b}, {200, a}};
    REQUIRE(store.commit(batch));
    auto timers = store.timers({});
    REQUIRE(timers);
    CHECK(*timers == std::vector<TimerRow>{{100, b}, {200, a}, {300, a}});
    StateBatch gone;
    gone.timers_gone = {{200, a}};
    REQUIRE(store.commit(gone));
    CHECK(store.timers({})->size() == 2);
    std::size_t over_all = 0;
    for (std::uint32_t p = 0; p < 5; ++p) over_all += store.timers({p, 5})->size();
    CHECK(over_all == 2);
  });
}

TEST_CASE("conversations: open ones first by waiting, closed ones on demand, messages after an offset") {
  on_every_store([](TableStateStore& store) {
    const VisitorKey key = Visit("a").key();
    Conversation one;
    one.id = ConversationId{id_of({"one"})};
    one.opened_at = 100;
    Conversation two = one;
    two.id = ConversationId{id_of({"two"})};
    two.opened_at = 50;
    StateBatch batch;
    batch.conversations = {{key, one}, {key, two}};
    for (Offset offset : {5, 6, 9}) {
      ChatMessage m;
      m.conversation = one.id;
      m.offset = offset;
      batch.messages.push_back({key, m});
    }
    REQUIRE(store.commit(batch));
    CHECK(store.conversations(false, 10)->at(0).opened_at == 50);
    CHECK(store.messages(one.id, std::nullopt, 10)->size() == 3);
    CHECK(store.messages(one.id, 5, 10)->size() == 2);
    CHECK(store.messages(one.id, 9, 10)->empty());
    two.state = ConversationState::kClosed;
    two.closed_at = 200;
    StateBatch closed;
    closed.conversations = {{key, two}};
    REQUIRE(store.commit(closed));
    CHECK(store.conversations(false, 10)->size() == 1);
    CHECK(store.conversations(true, 10)->size() == 2);
  });
}

TEST_CASE("a person's visitors are found by user id and site") {
  on_every_store([](TableStateStore& store) {
    Visitor person;
    person.site = "default";
    person.id = "anna";
    person.person.visitors = {"a", "b"};
    StateBatch batch;
    batch.visitors = {{visitor_key("default", "anna"), &person}};
    REQUIRE(store.commit(batch));
    CHECK(*store.visitors_of("default", "anna") == std::vector<VisitorKey>{Visit("a").key(), Visit("b").key()});
    CHECK(store.visitors_of("other", "anna")->empty());
  });
}

TEST_CASE("dead letters keep the whole record, newest first") {
  on_every_store([](TableStateStore& store) {
    StateBatch batch;
    for (Offset o : {3, 8}) batch.dead_letters.push_back({o, Visit("a").key(), 1, "broken", std::string("\0bytes", 6)});
    REQUIRE(store.commit(batch));
    CHECK(store.dead_letters(10)->at(0).offset == 8);
    CHECK((*store.dead_letter(3))->bytes.size() == 6);
    CHECK_FALSE(store.dead_letter(4)->has_value());
  });
}

TEST_CASE("of an erased visitor no row is left, of the others each, and what comes in the same batch stays") {
  on_every_store([](TableStateStore& store) {
    const auto rows_of = [](Visit& v, Folder& fold) {
      fold(v.struggle(0, 3));
      StateBatch batch;
      batch.visitors = {{v.key(), &fold.visitor}};
      for (const Signal& s : fold.signals) batch.signals.push_back({v.key(), s});
      for (const Decision& d : fold.decisions) batch.decisions.push_back({v.key(), d});
      batch.interventions.push_back({v.key(), *fold.visitor.offer});
      batch.exposures.push_back({v.key(), fold.visitor.journey.exposures.front()});
      batch.journeys.push_back({v.key(), summary_of(fold.visitor.journey)});
      Conversation talk;
      talk.id = ConversationId{id_of({"c", v.visitor()})};
      talk.site = "default";
      talk.visitor = v.visitor();
      batch.conversations.push_back({v.key(), talk});
      batch.messages.push_back(
          {v.key(), ChatMessage{talk.id, "m", ChatEvent::kMessage, ChatAuthor::kVisitor, "", "hi", 1, 1}});
      batch.dead_letters.push_back({fold.visitor.next_offset, v.key(), 1, "error", "bytes"});
      return batch;
    };
    Visit a("a");
    Visit b("b");
    Folder fold_a;
    Folder fold_b;
    fold_b(b.page(0));
    const StateBatch batch_a = rows_of(a, fold_a);
    REQUIRE(store.commit(batch_a));
    REQUIRE(store.commit(rows_of(b, fold_b)));

    StateBatch erasing;
    erasing.erased = {{a.key(), 7, 1000, std::nullopt}};
    erasing.signals = {batch_a.signals.front()};  // of what the visitor did afterwards
    REQUIRE(store.commit(erasing));
    CHECK_FALSE(*store.visitor(a.key()));
    CHECK(store.signals(a.key(), {})->items.size() == 1);
    CHECK(store.decisions(a.key(), {})->items.empty());
    CHECK(store.interventions(a.key(), {})->items.empty());
    CHECK(store.journeys(a.key(), {})->items.empty());
    CHECK_FALSE(*store.decision(batch_a.decisions.front().row.id));
    CHECK_FALSE(*store.intervention(batch_a.interventions.front().row.id));
    CHECK_FALSE(*store.conversation(batch_a.conversations.front().row.id));
    CHECK(store.messages(batch_a.conversations.front().row.id, std::nullopt, 10)->empty());
    CHECK(store.exposures("default", {})->items.size() == 1);
    CHECK(store.live_interventions()->size() == 1);
    CHECK(store.conversations(true, 10)->size() == 1);
    CHECK(store.dead_letters(10)->size() == 1);
    CHECK(store.decisions(b.key(), {})->items.size() == 1);

    CHECK((*store.erased_visitor(a.key()))->below == 7);
    auto waiting = store.erasures_to_do();
    REQUIRE(waiting->size() == 1);
    waiting->front().gone_at = 2000;
    REQUIRE(store.finish_erasures(*waiting));
    CHECK(store.erasures_to_do()->empty());
    CHECK(store.erased_visitors()->front().gone_at == 2000);
  });
}

TEST_CASE("each partition has its own checkpoint; with another number of them all begin at the lowest") {
  on_every_store([](TableStateStore& store) {
    CHECK(store.checkpoint({0, 2}).error().code == ErrorCode::kNotFound);
    REQUIRE(store.prepare(2, 3));
    CHECK(store.checkpoint({0, 2})->next == 3);
    StateBatch batch;
    batch.partition = {1, 2};
    batch.checkpoint = {11, "1"};
    REQUIRE(store.commit(batch));
    REQUIRE(store.prepare(2, 3));  // a restart: as it was
    CHECK(store.checkpoint({0, 2})->next == 3);
    CHECK(store.checkpoint({1, 2})->next == 11);
    batch.partition = {0, 2};
    REQUIRE(store.commit(batch));
    batch.checkpoint = {20, "1"};
    REQUIRE(store.commit(batch));
    REQUIRE(store.prepare(5, 3));
    for (std::uint32_t p = 0; p < 5; ++p) CHECK(store.checkpoint({p, 5})->next == 11);
    CHECK_FALSE(store.checkpoint({0, 2}));
  });
}

TEST_CASE("rocksdb: a second process is refused, and what was written is there again") {
  TemporaryFolder folder;
  {
    auto tables = open_rocksdb_tables({folder.path(), 8 << 20, 8 << 20});
    REQUIRE(tables);
    auto second = open_rocksdb_tables({folder.path(), 8 << 20, 8 << 20});
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::kConflict);
    auto store = TableStateStore::open(std::move(*tables));
    StateBatch batch;
    batch.checkpoint = {42, "1"};
    REQUIRE((*store)->commit(batch));
  }
  auto tables = open_rocksdb_tables({folder.path(), 8 << 20, 8 << 20});
  REQUIRE(tables);
  CHECK((*TableStateStore::open(std::move(*tables)))->checkpoint({})->next == 42);
}
