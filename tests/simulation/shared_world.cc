// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/shared_world.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace handrail::test {

// Every append becomes a block a visitor; a visitor's blocks are all in one shard.
class SharedWorld::Stream final : public RecordSink {
 public:
  Stream(std::size_t shards, const Clock& clock) : shards_(shards), clock_(clock) {}

  void append(std::vector<Record> records, Appended done) override {
    std::map<VisitorKey, std::vector<std::string>> blocks;
    for (const Record& record : records) blocks[record.key()].push_back(core::encode(record));
    for (auto& [key, encoded] : blocks) {
      StreamBlock block;
      block.visitor = key;
      block.sequence = std::to_string(sequence_ += 7);
      block.arrived_at = clock_.now() / 1000;
      block.records = std::move(encoded);
      shards_[key.high % shards_.size()].push_back(std::move(block));
    }
    done(Receipt{});
  }
  Result<void> health() const override { return {}; }

  std::vector<std::deque<StreamBlock>> shards_;

 private:
  const Clock& clock_;
  std::uint64_t sequence_ = 95;  // soon of one digit more
};

class SharedWorld::Control final : public ControlLog {
 public:
  Result<Offset> append(const std::vector<Record>& entries) override {
    const Offset first = next_;
    for (const Record& entry : entries) entries_.push_back({next_++, entry});
    return first;
  }
  Result<std::vector<core::LoggedRecord>> read(Offset from) override {
    std::vector<core::LoggedRecord> out;
    std::ranges::copy_if(entries_, std::back_inserter(out), [from](const auto& entry) { return entry.offset >= from; });
    return out;
  }
  Result<std::size_t> forget(Offset below, const std::function<bool(Offset)>& is_needed) override {
    return std::erase_if(entries_,
                         [&](const auto& entry) { return entry.offset + 1 < below && !is_needed(entry.offset); });
  }

 private:
  std::vector<core::LoggedRecord> entries_;
  Offset next_ = 0;
};

class SharedWorld::News final : public NewsSender {
 public:
  explicit News(FlakyState& flaky) : flaky_(flaky) {}
  Result<void> send(const std::vector<Publication>& news) override;
  std::vector<InterventionId> told;

 private:
  FlakyState& flaky_;
};

class SharedWorld::FlakyState final : public SharedState {
 public:
  FlakyState(SharedWorld& world) : world_(world) {}

  Result<std::vector<SharedVisitor>> load(std::span<const VisitorKey> keys) override {
    return tried([&] { return world_.state_.load(keys); });
  }
  Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) override {
    return tried([&] { return world_.state_.seen_ids(key, ids); });
  }
  Result<SharedVisitor> commit(const VisitorCommit& commit) override {
    if (before_commit) std::exchange(before_commit, nullptr)();
    return tried([&] { return world_.state_.commit(commit); });
  }
  Result<void> write_rows(const std::string& rows, std::uint64_t version) override {
    if (before_rows) std::exchange(before_rows, nullptr)();
    return tried([&] { return world_.state_.write_rows(rows, version); });
  }
  Result<void> mark_told(VisitorKey key, std::uint64_t version) override {
    return tried([&] { return world_.state_.mark_told(key, version); });
  }
  Result<void> bury(std::span<const DeadLetter> letters) override { return world_.state_.bury(letters); }
  Result<std::vector<TimerRow>> due(UnixMillis now, std::size_t limit) override {
    return world_.state_.due(now, limit);
  }

  template <class Call>
  auto tried(const Call& call) -> decltype(call()) {
    if (world_.chance(world_.weather_.unavailable)) {
      ++troubles;
      return fail(ErrorCode::kUnavailable, "refused");
    }
    auto answer = call();
    if (!world_.chance(world_.weather_.unheard)) return answer;
    ++troubles;
    return fail(ErrorCode::kTimeout, "done, and not heard");
  }

  int troubles = 0;
  std::function<void()> before_commit, before_rows;

 private:
  SharedWorld& world_;
};

Result<void> SharedWorld::News::send(const std::vector<Publication>& news) {
  return flaky_.tried([&]() -> Result<void> {
    for (const Publication& p : news) {
      if (const auto* offer = std::get_if<InterventionNews>(&p.news)) told.push_back(offer->intervention.id);
    }
    return {};
  });
}

SharedWorld::SharedWorld(std::size_t shards, SharedWeather weather, std::uint32_t seed, BatchFolderOptions options)
    : weather_(weather), random_(seed) {
  stream_ = std::make_unique<Stream>(shards, clock_);
  control_log_ = std::make_unique<Control>();
  flaky_ = std::make_unique<FlakyState>(*this);
  news_ = std::make_unique<News>(*flaky_);
  control_ = std::make_unique<ControlView>(*control_log_, clock_);
  other_control_ = std::make_unique<ControlView>(*control_log_, clock_);
  options.visitors_at_once = 1;  // one seed, one run
  const BatchFolder::Ports ports{*flaky_, *stream_, *news_, *control_, clock_};
  folder_ = std::make_unique<BatchFolder>(options, ports);
  other_ =
      std::make_unique<BatchFolder>(options, BatchFolder::Ports{*flaky_, *stream_, *news_, *other_control_, clock_});
  timers_ = std::make_unique<DueTimers>(DueTimersOptions{}, DueTimers::Ports{state_, *stream_, clock_});
}

SharedWorld::~SharedWorld() = default;

int SharedWorld::troubles() const { return flaky_->troubles; }
const std::vector<InterventionId>& SharedWorld::told() const { return news_->told; }

// Another worker folds the batch and what comes after it, between a load and its commit, or between a commit and the
// writing of its rows: who commits or writes then is out of date.
void SharedWorld::overtake(const std::vector<StreamBlock>& batch, std::deque<StreamBlock>& waiting) {
  std::vector<StreamBlock> ahead = batch;
  const std::size_t more = std::min(waiting.size(), random_() % weather_.batch_max);
  ahead.insert(ahead.end(), waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(more));
  if (!other_->fold(ahead).empty()) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(more));  // done, and not delivered again
}

// One batch: again from the lowest failure on, until it is done.
void SharedWorld::deliver(std::size_t shard) {
  auto& waiting = stream_->shards_[shard];
  const std::size_t size = std::min(waiting.size(), 1 + random_() % weather_.batch_max);
  const std::vector<StreamBlock> batch(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(size));
  if (chance(weather_.overlaps)) {
    ++flaky_->troubles;
    auto& hook = random_() % 2 == 0 ? flaky_->before_commit : flaky_->before_rows;
    hook = [this, &batch, &waiting] { overtake(batch, waiting); };
  }
  std::span<const StreamBlock> left = batch;
  for (int tries = 0; !left.empty() && tries < 10'000; ++tries) {
    const auto failed = folder_->fold(left);
    if (failed.empty()) break;
    left = left.subspan(failed.front());
  }
  while (chance(weather_.delivered_again)) {
    ++flaky_->troubles;
    std::size_t from = random_() % batch.size();
    while (from < batch.size()) {
      const auto failed = folder_->fold(std::span(batch).subspan(from));
      if (failed.empty()) break;
      from += failed.front();
    }
  }
  flaky_->before_commit = flaky_->before_rows = nullptr;
}

void SharedWorld::catch_up() {
  const auto any = [&] {
    return std::ranges::any_of(stream_->shards_, [](const auto& shard) { return !shard.empty(); });
  };
  while (any()) {
    for (std::size_t shard = 0; shard < stream_->shards_.size(); ++shard) {
      if (!stream_->shards_[shard].empty()) deliver(shard);
    }
  }
}

void SharedWorld::advance_to(UnixMillis until) {
  catch_up();
  while (const auto due = state_.next_due()) {
    if (*due > until) break;
    clock_.set(std::max(*due, clock_.now() / 1000));
    auto appended = timers_->append();
    REQUIRE(appended);
    if (*appended == 0) clock_.advance(kMinute);  // appended before, and due again
    catch_up();
  }
  clock_.set(std::max(until, clock_.now() / 1000));
}

void SharedWorld::play(std::vector<Record> records, Millis silence) {
  std::ranges::stable_sort(records, {}, &Record::received_at);
  for (Record& record : records) {
    advance_to(record.received_at / 1000);
    if (record.is_control()) {
      REQUIRE(control_log_->append({record}));
      if (chance(weather_.compactions)) {
        REQUIRE(control_->refresh());
        REQUIRE(control_->compact_when(0));
      }
    } else {
      stream_->append({std::move(record)}, [](const Result<Receipt>&) {});
    }
    if (random_() % 2 == 0) catch_up();
  }
  advance_to(clock_.now() / 1000 + silence);
}

std::string SharedWorld::outcome() {
  std::string all;
  for (const auto& [key, value] : state_.tables().content()) {
    if (key.first != Table::kDecisions && key.first != Table::kInterventions) continue;
    all += key.second;
    all += value;
  }
  return all;
}

}  // namespace handrail::test
