// SPDX-License-Identifier: Apache-2.0
#include "moving/embedded_target.h"

#include <fcntl.h>

#include <algorithm>

#include "adapters/common/table_rows.h"
#include "adapters/segments/log_writer.h"
#include "base/archive.h"
#include "core/control/control.h"

namespace handrail::moving {
namespace fs = std::filesystem;
namespace {

constexpr const char* kExport = "EXPORT";  // whose house it is to become
constexpr const char* kPlaces = "PLACES";  // there: the log is whole
constexpr const char* kMovedKey = "moving/in";
const Partition kWhole{0, 1};

// How far the second pass came, kept in the state itself.
struct Moved {
  std::uint64_t boxes = 0;
  std::uint64_t slot = 0;
};
template <class A>
void fields(A& a, Moved& m) {
  a(m.boxes, m.slot);
}

Result<std::string> text_of(const fs::path& path) {
  std::error_code ec;
  const auto bytes = fs::file_size(path, ec);
  if (ec) return fail(ErrorCode::kNotFound, path.string() + ": " + ec.message());
  auto file = segments::File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  return file->read_at(0, bytes);
}

Result<void> put_at(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::rename(from, to, ec);
  if (ec) return fail(ErrorCode::kInternal, from.string() + ": rename: " + ec.message());
  return segments::sync_folder(to.parent_path());
}

}  // namespace

EmbeddedTarget::EmbeddedTarget(Options options) : options_(std::move(options)), folder_(options_.data / kImporting) {}

Result<MovedIn> EmbeddedTarget::begin(const std::string& export_id, const Tally& whole) {
  id_ = export_id;
  std::error_code ec;
  const bool is_begun = fs::exists(folder_ / kExport, ec);
  if (!is_begun && (fs::exists(options_.data / "log", ec) || fs::exists(options_.data / "state", ec)))
    return fail(ErrorCode::kConflict, options_.data.string() + ": holds data already; import into another folder");
  if (auto made = segments::create_folder(folder_); !made) return pass_on(made);
  auto lock = segments::File::open(folder_ / "lock", O_RDWR | O_CREAT);
  if (!lock) return pass_on(lock);
  lock_ = std::move(*lock);
  if (auto alone = lock_.lock_alone(); !alone) return pass_on(alone);
  places_.first = std::max<Offset>(whole.numbers_before_max, whole.at(Section::kDeadLetters).count);
  if (!is_begun) {
    if (auto noted = segments::write_file_atomically(folder_ / kExport, id_); !noted) return pass_on(noted);
  } else {
    auto known = text_of(folder_ / kExport);
    if (!known) return pass_on(known);
    if (*known != id_)
      return fail(ErrorCode::kConflict, folder_.string() + ": another export (" + *known +
                                            ") is being moved in; finish that, or remove the folder");
  }
  if (fs::exists(options_.data / "state", ec)) {  // it was verified, and died as it was put in place
    if (auto done = put_in_place(); !done) return pass_on(done);
    return MovedIn{passes(), 0, true, true};
  }
  if (fs::exists(folder_ / kPlaces, ec)) return take_up_state();
  fs::remove_all(folder_ / "log", ec);
  fs::remove_all(folder_ / "state", ec);
  in_time_.emplace(folder_ / "runs");
  return MovedIn{};
}

Result<MovedIn> EmbeddedTarget::take_up_state() {
  auto bytes = text_of(folder_ / kPlaces);
  if (!bytes) return pass_on(bytes);
  auto places = unarchived<Places>(*bytes);
  if (!places) return fail(ErrorCode::kCorrupt, (folder_ / kPlaces).string() + ": is damaged; remove the folder");
  places_ = std::move(*places);
  if (auto opened = open_state(); !opened) return pass_on(opened);
  const std::string key = kMovedKey;
  auto row = state_->engine().get(Table::kMeta, std::span(&key, 1));
  if (!row) return pass_on(row);
  const auto moved = row->front() ? unarchived<Moved>(*row->front()) : std::optional<Moved>{};
  if (!moved) return MovedIn{1, 0, false, false};
  slot_ = moved->slot;
  return MovedIn{1, moved->boxes, true, false};
}

Result<void> EmbeddedTarget::open_state() {
  is_state_pass_ = true;
  slot_ = 0;
  auto state = options_.open_state(folder_ / "state");
  if (!state) return pass_on(state);
  state_ = std::move(*state);
  return {};
}

// --- the log ---------------------------------------------------------------------------------------------------------

Result<void> EmbeddedTarget::order(const HouseBox& house) {
  UnixMillis at = 0;
  for (const core::LoggedRecord& entry : house.control) {
    at = std::max(at, entry.record.received_at / 1000);
    std::string bytes;
    segments::append_entry(bytes, VisitorKey{}, 0, entry.record);
    if (auto added = in_time_->add({at, slot_++, std::move(bytes)}); !added) return added;
  }
  return {};
}

// Every number from the first record's on gets a place, also where its record is gone: then for nothing.
Result<void> EmbeddedTarget::order(const VisitorBox& box) {
  untold_.insert(untold_.end(), box.untold.begin(), box.untold.end());
  Offset number = numbers_before_records(box);
  UnixMillis at = 0;
  for (const core::LoggedRecord& logged : box.records) {
    for (; number < logged.offset; ++number) {
      if (auto added = in_time_->add({at, slot_++, {}}); !added) return added;
    }
    at = std::max(at, logged.record.received_at / 1000);
    std::string bytes;
    segments::append_entry(bytes, box.key, core::foreign_id(logged.record).value_or(0), logged.record);
    if (auto added = in_time_->add({at, slot_++, std::move(bytes)}); !added) return added;
    ++number;
  }
  for (; number < box.visitor.next_offset; ++number) {
    if (auto added = in_time_->add({at, slot_++, {}}); !added) return added;
  }
  return {};
}

Result<void> EmbeddedTarget::write_log() {
  auto log = segments::LogWriter::open(folder_ / "log", places_.first, options_.segment_bytes);
  if (!log) return pass_on(log);
  places_.of.resize(slot_);
  places_.end = places_.first;
  UnixMillis newest = 0;
  auto written = in_time_->drain([&](const TimeOrder::Entry& entry) -> Result<void> {
    newest = entry.at;
    auto offset = entry.bytes.empty() ? log->skip(entry.at) : log->add(entry.bytes, entry.at);
    if (!offset) return pass_on(offset);
    places_.of[entry.slot] = *offset;
    places_.end = *offset + 1;
    return {};
  });
  if (!written) return written;
  for (const core::Record& record : untold_) {
    std::string bytes;
    segments::append_entry(bytes, record.key(), 0, record);
    if (auto added = log->add(bytes, newest); !added) return pass_on(added);
  }
  if (auto end = log->finish(); !end) return pass_on(end);
  return segments::write_file_atomically(folder_ / kPlaces, archived(places_));
}

Result<void> EmbeddedTarget::end_pass() {
  if (is_state_pass_) return state_->sync();
  if (auto written = write_log(); !written) return written;
  return open_state();
}

// --- the state -------------------------------------------------------------------------------------------------------

Result<void> EmbeddedTarget::take(const HouseBox& house) {
  if (!is_state_pass_) return order(house);
  StateBatch batch;
  batch.partition = kWhole;
  batch.checkpoint = {places_.end, options_.engine_version};
  core::ControlState control;
  for (const core::LoggedRecord& entry : house.control) {
    const core::LoggedRecord placed{places_.of[slot_++], entry.record};
    control.take(placed);
    if (std::holds_alternative<core::Act>(entry.record.body)) batch.acts.push_back(placed);
  }
  batch.control = control.entries();
  batch.dead_letters = house.letters;
  if (auto done = state_->commit(batch); !done) return done;
  std::vector<TableEngine::Write> rows;
  for (const ErasedVisitor& erased : house.erased) {
    const ErasedVisitor gone{erased.visitor, places_.first, erased.at, erased.at};  // nothing of it came along
    rows.push_back({Table::kErased, erased.visitor.bytes(), archived(gone)});
  }
  if (auto done = state_->engine().write(rows); !done) return done;
  return note(0);
}

void EmbeddedTarget::place(VisitorBox& box) {
  const Offset before = numbers_before_records(box);
  const Offset after = box.visitor.next_offset;
  const auto to = [&](Offset number) { return number < before ? number : places_.of[slot_ + number - before]; };
  renumber(box, to);
  box.visitor.next_offset = after == before ? places_.first : places_.of[slot_ + after - before - 1] + 1;
  slot_ += after - before;
}

Result<void> EmbeddedTarget::take(std::span<const VisitorBox> boxes, std::uint64_t before) {
  if (!is_state_pass_) {
    for (const VisitorBox& box : boxes) {
      if (auto ordered = order(box); !ordered) return ordered;
    }
    return {};
  }
  std::vector<VisitorBox> placed(boxes.begin(), boxes.end());
  StateBatch batch;
  batch.partition = kWhole;
  batch.checkpoint = {places_.end, options_.engine_version};
  for (VisitorBox& box : placed) {
    place(box);
    put_lists(box, batch);
    batch.visitors.emplace_back(box.key, &box.visitor);
    if (const auto due = core::next_due(box.visitor)) batch.timers_set.push_back({*due, box.key});
  }
  if (auto done = state_->commit(batch); !done) return done;
  return note(before + boxes.size());
}

Result<void> EmbeddedTarget::note(std::uint64_t boxes) {
  const TableEngine::Write row{Table::kMeta, kMovedKey, archived(Moved{boxes, slot_})};
  return state_->engine().write(std::span(&row, 1));
}

// --- the end ---------------------------------------------------------------------------------------------------------

Result<Source*> EmbeddedTarget::read_back() {
  state_.reset();
  auto source = EmbeddedSource::open({folder_, options_.open_state, 256 << 20, true});
  if (!source) return pass_on(source);
  source_ = std::move(*source);
  return source_.get();
}

Result<void> EmbeddedTarget::finish() {
  source_.reset();
  auto state = options_.open_state(folder_ / "state");
  if (!state) return pass_on(state);
  const TableEngine::Write row{Table::kMeta, kMovedKey, std::nullopt};
  if (auto done = (*state)->engine().write(std::span(&row, 1)); !done) return done;
  if (auto done = (*state)->sync(); !done) return done;
  state->reset();
  if (auto done = put_at(folder_ / "state", options_.data / "state"); !done) return done;
  return put_in_place();
}

// The log last: a state without it does not start.
Result<void> EmbeddedTarget::put_in_place() {
  std::error_code ec;
  if (fs::exists(folder_ / "log", ec)) {
    if (auto done = put_at(folder_ / "log", options_.data / "log"); !done) return done;
  }
  fs::remove_all(folder_, ec);
  if (ec) return fail(ErrorCode::kInternal, folder_.string() + ": remove: " + ec.message());
  return {};
}

}  // namespace handrail::moving
