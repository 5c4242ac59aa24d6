// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "tests/simulation/whole_world.h"

namespace handrail::test {
namespace {

constexpr Millis kLearnsWithin = 5 * kSecond;

// The log as it is for a worker that folds it again: what folding appends is kept apart.
class ReadOnlyLog final : public PassingLog {
 public:
  explicit ReadOnlyLog(SlowLog& log) : PassingLog(log) {}
  void append(std::vector<core::Record> records, Appended done) override {
    std::move(records.begin(), records.end(), std::back_inserter(caused));
    done(Receipt{end()});
  }
  // By looking at every record, so that it does not share the log's faults.
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan>, Offset below,
                                UnixMillis) override {
    auto before = read_visitor(record.key(), below, SIZE_MAX);
    return std::ranges::any_of(*before, [&](const core::LoggedRecord& known) {
      return core::foreign_id(known.record) == core::foreign_id(record);
    });
  }

  std::vector<core::Record> caused;
};

class NoOutbox final : public Outbox {
 public:
  void publish(std::vector<Publication>) override {}
  bool is_watched(VisitorKey) const override { return false; }
};

class Check {
 public:
  Check(const Outcome& outcome, std::vector<std::string>& faults) : o_(outcome), faults_(faults) { read_log(); }

  void all() {
    folded_again_calmly();
    for (const auto& page : o_.pages) {
      acknowledged(*page);
      folded_once(*page);
      order(*page);
      bounded(*page);
      offers(*page);
    }
  }

 private:
  using Tabs = std::map<std::string, std::vector<std::uint64_t>>;  // numbers in the order of their first place

  void fault(std::string words) { faults_.push_back(std::move(words)); }

  void read_log() {
    auto batch = o_.log.read(0, {}, SIZE_MAX);
    for (LogEntry& entry : batch->entries) {
      encoded_.insert(core::encode(*entry.record));
      const auto* event = std::get_if<core::Event>(&entry.record->body);
      if (event == nullptr) continue;
      if (!events_[entry.record->visitor].insert(event->id).second) continue;
      if (!event->tab_id.empty()) tabs_[event->tab_id].push_back(event->seq);
    }
  }

  static std::map<std::string, std::string> rows(const MemoryTables& tables, Table table) {
    std::map<std::string, std::string> out;
    for (auto& [key, value] : tables.content()) {
      if (key.first == table) out.emplace(key.second, value);
    }
    return out;
  }

  // A calm world that is given the log's records comes to the same state, and what it causes is in the log.
  void folded_again_calmly() {
    FakeClock clock;
    ReadOnlyLog log(o_.log);
    NoOutbox outbox;
    auto inner = std::make_unique<MemoryTables>();
    const MemoryTables& tables = *inner;
    auto store = std::move(*TableStateStore::open(std::move(inner)));
    if (!store->prepare(1, 0)) return fault("no calm world");
    Worker worker({}, o_.options, {log, *store, outbox, clock});
    if (!worker.recover()) return fault("no calm world");
    while (worker.next() < log.end()) {
      if (!worker.step()) return fault("the calm world cannot fold");
    }
    if (!worker.checkpoint()) return fault("the calm world cannot write");
    for (const auto& [table, name] : {std::pair{Table::kDecisions, "decisions"},
                                      {Table::kInterventions, "interventions"},
                                      {Table::kSignals, "signals"},
                                      {Table::kJourneys, "journeys"},
                                      {Table::kLiveInterventions, "live interventions"},
                                      {Table::kVisitors, "visitors"}}) {
      if (rows(tables, table) != rows(o_.tables, table)) fault(std::string(name) + " differ from the calm world's");
    }
    for (const core::Record& record : log.caused) {
      const bool is_timer = std::holds_alternative<core::TimerFired>(record.body);
      if (!is_timer && !encoded_.contains(core::encode(record)))
        fault("a record caused for " + record.visitor + " is lost");
    }
  }

  void acknowledged(const Page& page) {
    if (!page.is_done()) fault(page.id() + ": something is never acknowledged");
    const auto& kept = events_[page.id()];
    for (const auto& [tab, seqs] : page.acknowledged()) {
      for (const std::uint64_t seq : seqs) {
        if (!kept.contains(core::fact_name(tab, seq))) fault(core::fact_name(tab, seq) + ": acknowledged and lost");
      }
    }
    for (const std::string& id : page.acknowledged_foreign()) {
      if (!kept.contains(id)) fault(id + ": acknowledged and lost");
    }
  }

  void folded_once(const Page& page) {
    auto journeys = o_.store.journeys(visitor_key("default", page.id()), {500, ""});
    std::size_t folded = 0;
    for (const core::JourneySummary& journey : journeys->items) folded += journey.events;
    const std::size_t sent = events_[page.id()].size();
    if (folded != sent)
      fault(page.id() + ": " + std::to_string(sent) + " events are folded " + std::to_string(folded) + " times");
  }

  void order(const Page& page) {
    for (const auto& [tab, ignored] : page.acknowledged()) {
      if (!std::ranges::is_sorted(tabs_[tab])) fault(tab + ": out of order in the log");
    }
  }

  void bounded(const Page& page) {
    auto visitor = o_.store.visitor(visitor_key("default", page.id()));
    if (!visitor || !*visitor) return;
    const core::Journey& j = (*visitor)->journey;
    if (j.recent.size() > core::EventDigest::kWindow || j.evidence.episodes.size() > core::Evidence::kEpisodesMax ||
        j.click_window.size() > core::ClickMark::kWindow || (*visitor)->tabs.size() > core::TabWatermark::kTabsMax)
      fault(page.id() + ": its state is not bounded");
  }

  void offers(const Page& page) {
    auto offers = o_.store.interventions(visitor_key("default", page.id()), {500, ""});
    std::ranges::sort(offers->items, {}, &core::Intervention::made_at);
    UnixMillis free_from = 0;
    for (const core::Intervention& offer : offers->items) {
      if (offer.made_at < free_from) fault(offer.id.hex() + ": made inside a cooldown");
      if (offer.displayed_at) free_from = *offer.displayed_at + o_.options.rules.policy.cooldown;
      learned(page, offer);
    }
    for (const std::string& id : page.displayed()) {
      const bool known = std::ranges::any_of(offers->items, [&](const auto& offer) {
        return offer.id.hex() == id && (offer.displayed_at || !core::is_live(offer.state));
      });
      if (!known) fault(id + ": displayed, and the state does not know it");
    }
  }

  // A page that was connected for long enough while an offer waited for it has heard of it.
  void learned(const Page& page, const core::Intervention& offer) {
    if (page.knows(offer.id.hex())) return;
    const UnixMillis until = std::min({offer.expires_at, offer.ended_at.value_or(INT64_MAX), o_.now});
    for (const Page::Span& span : page.connected()) {
      if (std::min(span.to, until) - std::max(span.from, offer.made_at) > kLearnsWithin)
        return fault(offer.id.hex() + ": its page was connected and never heard of it");
    }
    const bool polled = page.listening() == Page::Listening::kPoll;
    if (polled && offer.state == core::OfferState::kPending && o_.now - offer.made_at > kLearnsWithin)
      fault(offer.id.hex() + ": its page polled and never heard of it");
  }

  const Outcome& o_;
  std::vector<std::string>& faults_;
  std::set<std::string> encoded_;                        // every record of the log
  std::map<std::string, std::set<std::string>> events_;  // visitor -> ids of its events in the log
  Tabs tabs_;
};

}  // namespace

void check_outcome(const Outcome& outcome, std::vector<std::string>& faults) { Check(outcome, faults).all(); }

}  // namespace handrail::test
