// SPDX-License-Identifier: Apache-2.0
#include "cluster/visitor_turn.h"

#include <algorithm>
#include <exception>

#include "cluster/due_timers.h"
#include "engine/rows.h"

namespace handrail {
std::size_t VisitorTurn::Work::consequences() const {
  return rows.signals.size() + rows.decisions.size() + rows.interventions.size() + rows.exposures.size() +
         rows.messages.size() + rows.journeys.size() + news.size() + appends.size();
}

Result<void> VisitorTurn::run(SharedVisitor stored) {
  for (int tries = 1;; ++tries) {
    auto done = fold_from(stored);
    if (done || done.error().code != ErrorCode::kConflict || tries > folder_.options_.conflicts_max) return done;
    ++folder_.counters_.conflicts;
    auto newer = folder_.ports_.state.load(std::span(&key_, 1));
    if (!newer) return pass_on(newer);
    stored = std::move(newer->front());
  }
}

bool VisitorTurn::is_folded(const SharedVisitor& stored, const StreamBlock& block) const {
  return !stored.applied.empty() && !is_before(stored.applied, block.sequence);
}

Result<void> VisitorTurn::fold_from(SharedVisitor& stored) {
  if (auto told = tell(stored); !told) return told;
  if (auto learned = learn_foreign_ids(stored); !learned) return learned;
  Work work{stored.visitor, stored.applied};
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const StreamBlock& block = *blocks_[i];
    if (is_folded(stored, block)) {
      ++folder_.counters_.repeated_blocks;
      continue;
    }
    if (!fold_block(work, block)) return fold_from(stored);
    work.applied = block.sequence;
    if (work.consequences() < folder_.options_.consequences_max && i + 1 < blocks_.size()) continue;
    if (auto done = commit(stored, work); !done) return done;
    work = Work{stored.visitor, stored.applied};
  }
  return !work.blocks.empty() ? commit(stored, work) : Result<void>{};
}

Result<void> VisitorTurn::learn_foreign_ids(const SharedVisitor& stored) {
  std::vector<std::uint64_t> ids;
  for (const StreamBlock* block : blocks_) {
    if (!block->records || is_folded(stored, *block)) continue;
    for (const std::string& bytes : *block->records) {
      const auto record = core::decode_record(bytes);
      if (!record) continue;
      if (const auto id = core::foreign_id(*record)) ids.push_back(*id);
    }
  }
  foreign_ids_.clear();
  if (ids.empty()) return {};
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  auto seen = folder_.ports_.state.seen_ids(key_, ids);
  if (!seen) return pass_on(seen);
  foreign_ids_ = std::move(*seen);
  return {};
}

// Seen at a smaller offset, within the time that is exact. Otherwise it is known from now on.
bool VisitorTurn::is_foreign_duplicate(Work& work, const core::Record& record, Offset offset) {
  const auto id = core::foreign_id(record);
  if (!id) return false;
  const UnixMillis at = record.received_at / 1000;
  const auto seen = foreign_ids_.find(*id);
  const bool is_known = seen != foreign_ids_.end() && seen->second.offset < offset &&
                        seen->second.at >= at - folder_.options_.foreign_ids_since;
  if (is_known) return true;
  foreign_ids_[*id] = work.new_ids[*id] = {offset, at};
  return false;
}

bool VisitorTurn::fold_block(Work& work, const StreamBlock& block) {
  work.blocks.emplace_back();
  if (!block.records) {
    leave_out(work, block, 0, block.raw, block.records.error().message);
    return true;
  }
  for (std::size_t i = 0; i < block.records->size(); ++i) {
    const std::string& bytes = (*block.records)[i];
    auto record = core::decode_record(bytes);
    if (!record) {
      leave_out(work, block, i, bytes, record.error().message);
      continue;
    }
    if (const auto poison = poison_.find({&block, i}); poison != poison_.end()) {
      const Offset offset = work.visitor.next_offset;
      leave_out(work, block, i, bytes, poison->second);
      work.visitor.note_activity(offset, work.visitor.log_time);
      work.visitor.next_offset = offset + 1;
      continue;
    }
    if (!fold_record(work, block, i, std::move(*record))) return false;
  }
  return true;
}

bool VisitorTurn::fold_record(Work& work, const StreamBlock& block, std::size_t index, core::Record record) {
  core::LoggedRecord logged{work.visitor.next_offset, std::move(record)};
  const bool seen_before = is_foreign_duplicate(work, logged.record, logged.offset);
  core::Effects effects;
  try {
    folder_.options_.fold({folder_.options_.rules, control_, seen_before, folder_.options_.watch}, work.visitor, logged,
                          effects);
  } catch (const std::exception& error) {
    poison_.emplace(RecordPlace{&block, index}, error.what());
    return false;
  }
  ++folder_.counters_.folded;
  if (effects.erased) {
    forget_rows(work.rows, {key_, work.visitor.next_offset, logged.record.received_at / 1000, std::nullopt});
    work.blocks.assign(1, {});
    work.new_ids.clear();
    work.letters.clear();
  } else {
    add_rows(work.rows, key_, effects);
  }
  work.offers += static_cast<std::uint64_t>(
      std::ranges::count_if(effects.decisions, [](const core::Decision& d) { return d.offered; }));
  add_news(work.news, key_, logged.record, effects);
  std::ranges::move(effects.appends, std::back_inserter(work.appends));
  if (!effects.erased) work.blocks.back().push_back(std::move(logged));
  return true;
}

// The record is kept as a dead letter, and its journey known to lack something.
void VisitorTurn::leave_out(Work& work, const StreamBlock& block, std::size_t index, const std::string& bytes,
                            const std::string& error) {
  work.letters.push_back({letter_number(block, index), key_, block.arrived_at, error, bytes});
  work.visitor.journey.degraded = true;
}

Result<void> VisitorTurn::commit(SharedVisitor& stored, Work& work) {
  if (!work.letters.empty()) {
    if (auto buried = folder_.ports_.state.bury(work.letters); !buried) return buried;
  }
  VisitorCommit commit{key_,
                       &stored,
                       &work.visitor,
                       work.applied,
                       std::move(work.rows),
                       std::move(work.news),
                       std::move(work.appends),
                       std::move(work.blocks),
                       std::move(work.new_ids)};
  const std::size_t blocks = commit.blocks.size();
  auto committed = folder_.ports_.state.commit(commit);
  if (!committed) return pass_on(committed);
  stored = std::move(*committed);
  folder_.counters_.blocks += blocks;
  folder_.counters_.offers += work.offers;
  folder_.counters_.dead_letters += work.letters.size();
  return tell(stored);
}

// The page first: it waits.
Result<void> VisitorTurn::tell(SharedVisitor& stored) {
  Consequences& untold = stored.untold;
  if (untold.is_empty()) return {};
  if (!untold.news.empty()) {
    if (auto sent = folder_.ports_.news.send(untold.news); !sent) return sent;
  }
  if (!untold.appends.empty()) {
    auto durable = append_and_wait(folder_.ports_.sink, untold.appends, folder_.options_.append_patience);
    if (!durable) return durable;
  }
  if (!untold.rows.empty()) {
    if (auto written = folder_.ports_.state.write_rows(untold.rows, stored.version); !written) return written;
  }
  auto marked = folder_.ports_.state.mark_told(key_, stored.version);
  // Who was faster found it untold and told it.
  if (!marked && marked.error().code != ErrorCode::kConflict) return marked;
  untold = {};
  return {};
}

}  // namespace handrail
