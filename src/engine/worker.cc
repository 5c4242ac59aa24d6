// SPDX-License-Identifier: Apache-2.0
#include "engine/worker.h"

#include <algorithm>
#include <exception>

#include "engine/rows.h"
#include "telemetry/log.h"

namespace handrail {

Worker::Worker(Partition partition, WorkerOptions options, Ports ports)
    : partition_(partition),
      options_(std::move(options)),
      ports_(ports),
      cache_(ports.store, options_.visitors_in_memory) {}

Result<void> Worker::recover() {
  auto checkpoint = ports_.store.checkpoint(partition_);
  if (!checkpoint) return pass_on(checkpoint);
  auto timers = ports_.store.timers(partition_);
  if (!timers) return pass_on(timers);
  auto control = ports_.store.control(partition_);
  if (!control) return pass_on(control);
  timers_.restore(*timers);
  for (core::LoggedRecord& entry : *control) take_control(std::move(entry));
  next_ = checkpoint->next;
  written_ = next_.load();
  muted_below_ = ports_.log.end();
  if (next_ > muted_below_) {
    return fail(ErrorCode::kCorrupt, "the state is ahead of the log (" + std::to_string(next_.load()) + " > " +
                                         std::to_string(muted_below_) +
                                         "): the log lost acknowledged records, or belongs to other data");
  }
  return {};
}

Result<std::size_t> Worker::step() {
  if (next() - written() > options_.unwritten_max) {
    return fail(ErrorCode::kUnavailable, "the state cannot be written; folding waits");
  }
  const auto begun = ports_.clock.monotonic_micros();
  auto batch = ports_.log.read(next_, partition_, options_.read_bytes_max);
  if (!batch) return pass_on(batch);
  const auto read = ports_.clock.monotonic_micros();
  if (auto done = fold_batch(*batch); !done) return pass_on(done);
  const auto folded = ports_.clock.monotonic_micros();
  publish();
  if (!batch->entries.empty())
    counters_.note_stages(read - begun, folded - read, ports_.clock.monotonic_micros() - folded);
  send_appends();
  append_due_timers();
  return batch->entries.size();
}

Result<void> Worker::fold_batch(LogBatch& batch) {
  std::vector<VisitorKey> keys;
  keys.reserve(batch.entries.size());
  for (const LogEntry& entry : batch.entries) {
    if (!entry.key.is_zero()) keys.push_back(entry.key);
  }
  if (auto fetched = cache_.fetch(std::move(keys)); !fetched) return pass_on(fetched);
  if (!batch.entries.empty() && batch.entries.back().record)
    counters_.received_at = batch.entries.back().record->received_at;
  for (LogEntry& entry : batch.entries) {
    if (auto done = fold_entry(entry); !done) return pass_on(done);
    next_.store(entry.offset + 1, std::memory_order_release);
  }
  next_.store(batch.next, std::memory_order_release);
  cache_size_ = cache_.size();
  return {};
}

Result<void> Worker::fold_entry(LogEntry& entry) {
  if (!entry.record) {
    bury(entry, entry.record.error().message);
    return {};
  }
  if (entry.record->is_control()) {
    control_changed_ = true;
    if (std::holds_alternative<core::Act>(entry.record->body)) rows_.acts.push_back({entry.offset, *entry.record});
    take_control({entry.offset, std::move(*entry.record)});
    return {};
  }
  return fold_record(entry.key, {entry.offset, std::move(*entry.record)});
}

// Every partition takes it; the first one tells the gateway, also what it took up at the start.
void Worker::take_control(core::LoggedRecord entry) {
  control_.take(entry);
  if (partition_.index == 0 && options_.watch != nullptr) options_.watch->on_control(entry);
  if (partition_.index == 0) news_.push_back({VisitorKey{}, ControlNews{std::move(entry)}});
}

Result<void> Worker::fold_record(const VisitorKey& key, core::LoggedRecord logged) {
  core::Visitor& visitor = cache_.at(key);
  const auto seen_before = is_foreign_duplicate(visitor, logged);
  if (!seen_before) return pass_on(seen_before);
  const auto due_before = core::next_due(visitor);
  try {
    options_.fold({options_.rules, control_, *seen_before, options_.watch}, visitor, logged, effects_);
  } catch (const std::exception& error) {
    bury({logged.offset, key, logged.record, core::encode(logged.record)}, error.what());
    return refold_without(key, logged.offset);
  }
  cache_.mark_changed(key);
  timers_.change(key, due_before, core::next_due(visitor));
  ++counters_.folded;
  if (effects_.duplicate) ++counters_.duplicates;
  if (effects_.ignored) ++counters_.ignored;
  keep_rows(key);
  is_muted(logged.offset) ? keep_muted(key, logged) : announce(key, logged);
  std::move(effects_.appends.begin(), effects_.appends.end(), std::back_inserter(appends_));
  return {};
}

// Whether the log holds the event under its foreign id at a smaller offset, within the time that is exact.
Result<bool> Worker::is_foreign_duplicate(const core::Visitor& visitor, const core::LoggedRecord& logged) const {
  if (visitor.spans.empty() || !core::foreign_id(logged.record)) return false;
  return ports_.log.holds_foreign_id(logged.record, visitor.spans, logged.offset,
                                     logged.record.received_at / 1000 - options_.foreign_ids_since);
}

// A record that breaks the fold may have left the visitor half changed: take the stored state, fold what came since
// again (its rows are kept already), and go on without the poison.
Result<void> Worker::refold_without(const VisitorKey& key, Offset poison) {
  if (auto reloaded = cache_.reload(key); !reloaded) return reloaded;
  core::Visitor& visitor = cache_.at(key);
  auto records = ports_.log.read_visitor(key, poison, SIZE_MAX);
  if (!records) return pass_on(records);
  for (auto logged = records->rbegin(); logged != records->rend(); ++logged) {
    if (logged->offset < visitor.next_offset) continue;
    const auto seen_before = is_foreign_duplicate(visitor, *logged);
    if (!seen_before) return pass_on(seen_before);
    try {
      options_.fold({options_.rules, control_, *seen_before}, visitor, *logged, effects_);
    } catch (const std::exception&) {
      continue;  // an earlier poison of the same visitor: buried already
    }
  }
  visitor.journey.degraded = true;
  visitor.note_activity(poison, visitor.log_time);
  visitor.next_offset = poison + 1;
  cache_.mark_changed(key);
  return {};
}

void Worker::bury(const LogEntry& entry, const std::string& error) {
  ++counters_.dead_letters;
  telemetry::log_warning("record at offset " + std::to_string(entry.offset) +
                         " cannot be folded, kept as a dead letter: " + error);
  const UnixMillis at = entry.record ? entry.record->received_at / 1000 : ports_.clock.now() / 1000;
  rows_.dead_letters.push_back({entry.offset, entry.key, at, error, entry.raw});
  if (!entry.record && !entry.key.is_zero()) {
    cache_.at(entry.key).journey.degraded = true;
    cache_.mark_changed(entry.key);
  }
}

void Worker::keep_rows(const VisitorKey& key) {
  if (effects_.erased) {
    // Also what was kept of it for the batch that is not written yet.
    return forget_rows(rows_, {key, cache_.at(key).next_offset, ports_.clock.now() / 1000, std::nullopt});
  }
  counters_.signals += effects_.signals.size();
  for (const core::Exposure& exposure : effects_.exposures) {
    if (exposure.outcome)
      ++counters_.outcomes[static_cast<std::size_t>(exposure.arm)][static_cast<std::size_t>(exposure.outcome->kind)];
  }
  for (const core::Decision& decision : effects_.decisions)
    ++counters_.decided[static_cast<std::size_t>(decision.trigger)][decision.offered ? 1 : 0];
  add_rows(rows_, key, effects_);
}

// As they are now for the site: for those who watch.
const core::Weights& Worker::weights_of(const core::Visitor& visitor) const {
  const auto published = control_.rules().at(visitor.site, visitor.log_time);
  return published ? published->weights : core::catalogue_weights();
}

void Worker::announce(const VisitorKey& key, const core::LoggedRecord& logged) {
  add_news(news_, key, logged.record, effects_);
  if (!ports_.outbox.is_watched(key)) return;
  const core::Visitor& visitor = cache_.at(key);
  news_.push_back({key, FoldNews{logged, effects_,
                                 core::contributions(visitor.journey.evidence, visitor.log_time, weights_of(visitor)),
                                 visitor.log_time, ports_.clock.now() - logged.record.received_at}});
}

// What replay finds may have been told before the crash, or may not: how each offer stands is told once, at the end.
void Worker::keep_muted(const VisitorKey& key, const core::LoggedRecord& logged) {
  for (const core::Intervention& i : effects_.interventions)
    muted_offers_.insert_or_assign(key, InterventionNews{i, logged.record.received_at});
}

void Worker::publish() {
  if (!muted_offers_.empty() && !is_muted(next())) {
    for (auto& [key, news] : muted_offers_) {
      Publication& publication = news_.emplace_back();  // in place: moving one looks uninitialised to the compiler
      publication.visitor = key;
      publication.news = std::move(news);
    }
    muted_offers_.clear();
  }
  if (!news_.empty()) ports_.outbox.publish(std::exchange(news_, {}));
  announced_.store(next(), std::memory_order_release);
}

// Records that folding caused for other visitors. After a crash they are caused again, and are known by those who
// heard them.
void Worker::send_appends() {
  std::vector<core::Record> records = std::exchange(appends_, {});
  {
    std::lock_guard lock(sent_->mutex);
    std::move(sent_->failed.begin(), sent_->failed.end(), std::back_inserter(records));
    sent_->failed.clear();
    if (records.empty()) return;
    ++sent_->open;
  }
  ports_.log.append(records, [sent = sent_, records](const Result<Receipt>& receipt) mutable {
    {
      std::lock_guard lock(sent->mutex);
      --sent->open;
      if (!receipt) std::move(records.begin(), records.end(), std::back_inserter(sent->failed));
    }
    sent->changed.notify_all();
  });
}

// A checkpoint may not pass a record whose consequences are not durable: after a crash nobody would cause them again.
Result<void> Worker::await_appends() {
  std::unique_lock lock(sent_->mutex);
  sent_->changed.wait_for(lock, options_.append_patience, [&] { return sent_->open == 0; });
  if (sent_->open == 0 && sent_->failed.empty()) return {};
  return fail(ErrorCode::kUnavailable, "records for other visitors are not durable yet; the checkpoint waits");
}

void Worker::append_due_timers() {
  // While catching up, records that are already in the log may be what a deadline waits for.
  if (next() < ports_.log.end()) return;
  const UnixMillis now = ports_.clock.now() / 1000;
  std::vector<core::Record> records;
  for (const TimerRow& row : timers_.take_due(now, options_.timer_patience, options_.timers_at_once)) {
    if (auto fetched = cache_.fetch({row.visitor}); !fetched) return;
    const core::Visitor& visitor = cache_.at(row.visitor);
    // Log time is the due time, so that the moment at which a worker woke leaves no trace.
    records.push_back({visitor.site, visitor.id, row.due * 1000, 0, core::TimerFired{}});
  }
  if (records.empty()) return;
  counters_.timers += records.size();
  ports_.log.append(std::move(records), [](const Result<Receipt>&) {});  // not folded in time: handed out again
}

Result<void> Worker::checkpoint() {
  if (!has_unwritten()) return {};
  if (auto durable = await_appends(); !durable) return durable;
  if (auto durable = ports_.log.sync(); !durable) return durable;  // the state is never ahead of the log
  rows_.partition = partition_;
  rows_.checkpoint = {next_, options_.engine_version};
  rows_.visitors = cache_.changed();
  std::erase_if(rows_.visitors, [](const auto& row) { return row.second->id.empty(); });  // erased, and not seen since
  if (control_changed_) rows_.control = control_.entries();
  timers_.write_changes(rows_);
  if (auto done = ports_.store.commit(rows_); !done) return done;
  written_.store(next_, std::memory_order_release);
  rows_ = StateBatch{};
  control_changed_ = false;
  cache_.changes_written();
  timers_.changes_written();
  return {};
}

}  // namespace handrail
