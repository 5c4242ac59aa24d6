// SPDX-License-Identifier: Apache-2.0
#include "moving/embedded_source.h"

#include <fcntl.h>

#include "adapters/common/table_rows.h"
#include "adapters/segments/log_history.h"
#include "adapters/segments/segment.h"

namespace handrail::moving {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kListedAtOnce = 10'000;
constexpr std::size_t kRecordOverhead = 64;  // of one that is held in memory

Result<Offset> clean_end(const fs::path& log) {
  auto file = segments::File::open(log / segments::kCleanMark, O_RDONLY);
  std::optional<Offset> end;
  if (file) {
    auto text = file->read_at(0, 128);
    if (text) end = segments::decode_clean_mark(*text);
  }
  if (end) return *end;
  return fail(ErrorCode::kConflict, log.string() +
                                        ": the server was not stopped cleanly, so that the state may lack what the log "
                                        "has; start it once more and stop it");
}

}  // namespace

Result<std::unique_ptr<EmbeddedSource>> EmbeddedSource::open(Options options) {
  std::unique_ptr<EmbeddedSource> source(new EmbeddedSource(std::move(options)));
  if (auto ready = source->take_up(); !ready) return pass_on(ready);
  return source;
}

Result<void> EmbeddedSource::take_up() {
  const fs::path log = options_.data / "log";
  std::error_code ec;
  if (!fs::exists(log, ec) || !fs::exists(options_.data / "state", ec))
    return fail(ErrorCode::kNotFound, options_.data.string() + ": holds no data");
  auto lock = segments::File::open(log / "lock", O_RDWR | O_CREAT);
  if (!lock) return pass_on(lock);
  lock_ = std::move(*lock);
  if (auto held = lock_.lock_alone(); !held) {
    return fail(held.error().code, held.error().message + ": stop the server first");
  }
  auto end = clean_end(log);
  if (!end) return pass_on(end);
  end_ = *end;
  auto state = options_.open_state(options_.data / "state");
  if (!state) return pass_on(state);
  state_ = std::move(*state);
  auto start = state_->starting_point();
  if (!start) return pass_on(start);
  if (options_.may_lag) end_ = std::min(end_, start->next);
  if (start->next != end_) {
    return fail(ErrorCode::kConflict, options_.data.string() + ": the log ends at offset " + std::to_string(end_) +
                                          ", the state at " + std::to_string(start->next) +
                                          "; start the server on it once and stop it");
  }
  auto erased = state_->erased_visitors();
  if (!erased) return pass_on(erased);
  for (const ErasedVisitor& one : *erased) erased_below_[one.visitor] = one.below;
  lists_ = std::make_unique<ListReader>(state_->engine());
  return lists_->learn_conversations();
}

Result<std::vector<ListedVisitor>> EmbeddedSource::visitors() {
  std::vector<ListedVisitor> out;
  std::string after;
  while (true) {
    auto rows = state_->engine().scan(Table::kVisitors, {}, after, kListedAtOnce);
    if (!rows) return pass_on(rows);
    for (const auto& [key, bytes] : *rows) out.push_back({VisitorKey{Id128::from_bytes(tables::id_at_end(key))}, 0});
    if (rows->size() < kListedAtOnce) return out;
    after = rows->back().first;
  }
}

Result<HouseBox> EmbeddedSource::house() {
  auto box = lists_->house();
  if (!box) return box;
  auto start = state_->starting_point();
  if (!start) return pass_on(start);
  box->control.insert(box->control.end(), start->control.begin(), start->control.end());
  return box;
}

// The log lies in the order of time, boxes in that of visitors: one reading of the log picks as many visitors' records,
// beginning with `from`, as there is room for.
Result<void> EmbeddedSource::pick_records(VisitorKey from) {
  picked_.clear();
  picked_from_ = from;
  picked_below_ = {};
  has_picked_ = true;
  std::size_t bytes = 0;
  auto log = segments::LogHistory::open(options_.data / "log");
  if (!log) return pass_on(log);
  while (true) {
    auto block = log->next();
    if (!block) return pass_on(block);
    if (!*block) return {};
    for (LogEntry& entry : (*block)->entries) {
      const bool is_picked = !entry.key.is_zero() && entry.record && entry.offset < end_ && !(entry.key < from) &&
                             (picked_below_.is_zero() || entry.key < picked_below_);
      if (!is_picked) continue;
      const auto erased = erased_below_.find(entry.key);
      if (erased != erased_below_.end() && entry.offset < erased->second) continue;
      const std::size_t added = core::encoded_size_hint(*entry.record) + kRecordOverhead;
      Picked& own = picked_[entry.key];
      own.records.push_back({entry.offset, std::move(*entry.record)});
      own.bytes += added;
      bytes += added;
      while (bytes > options_.round_bytes && picked_.size() > 1) {
        const auto last = std::prev(picked_.end());
        bytes -= last->second.bytes;
        picked_below_ = last->first;
        picked_.erase(last);
      }
    }
  }
}

Result<std::vector<VisitorBox>> EmbeddedSource::boxes(std::span<const ListedVisitor> visitors) {
  std::vector<VisitorKey> keys;
  for (const ListedVisitor& visitor : visitors) keys.push_back(visitor.key);
  auto loaded = state_->load(keys);
  if (!loaded) return pass_on(loaded);
  std::vector<VisitorBox> out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!(*loaded)[i]) return fail(ErrorCode::kConflict, "visitor " + keys[i].hex() + " is not there any more");
    const bool is_in_round =
        has_picked_ && !(keys[i] < picked_from_) && (picked_below_.is_zero() || keys[i] < picked_below_);
    if (!is_in_round) {
      if (auto picked = pick_records(keys[i]); !picked) return pass_on(picked);
    }
    VisitorBox& box = out.emplace_back();
    box.key = keys[i];
    box.visitor = std::move(*(*loaded)[i]);
    if (auto filled = lists_->fill(box); !filled) return pass_on(filled);
    if (auto own = picked_.extract(keys[i])) box.records = std::move(own.mapped().records);
    number_on_its_own(box);
  }
  return out;
}

}  // namespace handrail::moving
