// SPDX-License-Identifier: Apache-2.0
#include "moving/box.h"

#include <algorithm>

#include "adapters/common/table_rows.h"
#include "base/archive.h"
#include "moving/stored_box.h"

namespace handrail::moving {
namespace {

template <class T>
void put_all(std::vector<std::string>& out, const std::vector<T>& items) {
  for (const T& item : items) out.push_back(archived(item));
}

template <class T>
Result<void> take_all(const std::vector<std::string>& in, std::vector<T>& items, const char* what) {
  for (const std::string& bytes : in) {
    auto item = unarchived<T>(bytes);
    if (!item) return fail(ErrorCode::kCorrupt, std::string("one of the ") + what + " is damaged");
    items.push_back(std::move(*item));
  }
  return {};
}

Result<void> take_records(const std::vector<std::string>& in, std::vector<core::LoggedRecord>& records) {
  std::vector<tables::StoredEntry> entries;
  if (auto taken = take_all(in, entries, "records"); !taken) return taken;
  for (const tables::StoredEntry& entry : entries) {
    auto record = tables::taken_out(entry);
    if (!record) return pass_on(record);
    records.push_back(std::move(*record));
  }
  return {};
}

Result<void> take_untold(const std::vector<std::string>& in, std::vector<core::Record>& records) {
  for (const std::string& bytes : in) {
    auto record = core::decode_record(bytes);
    if (!record) return pass_on(record);
    records.push_back(std::move(*record));
  }
  return {};
}

void put_records(std::vector<std::string>& out, const std::vector<core::LoggedRecord>& records) {
  for (const core::LoggedRecord& logged : records) out.push_back(archived(tables::stored(logged)));
}

}  // namespace

void renumber(VisitorBox& box, const std::function<Offset(Offset)>& to) {
  for (core::ActiveSpan& span : box.visitor.spans) {
    span.first = to(span.first);
    span.last = to(span.last);
  }
  for (core::Episode& episode : box.visitor.journey.evidence.episodes) episode.began = to(episode.began);
  for (core::Signal& signal : box.signals) signal.episode.began = to(signal.episode.began);
  for (core::ChatMessage& message : box.messages) message.offset = to(message.offset);
  for (core::LoggedRecord& logged : box.records) logged.offset = to(logged.offset);
}

void number_on_its_own(VisitorBox& box) {
  std::vector<Offset> known;
  renumber(box, [&](Offset offset) {
    known.push_back(offset);
    return offset;
  });
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  renumber(box,
           [&](Offset offset) { return static_cast<Offset>(std::ranges::lower_bound(known, offset) - known.begin()); });
  box.visitor.next_offset = known.size();
}

Offset numbers_before_records(const VisitorBox& box) {
  return box.records.empty() ? box.visitor.next_offset : box.records.front().offset;
}

void put_lists(const VisitorBox& box, StateBatch& batch) {
  const auto put = [&](auto& rows, const auto& items) {
    for (const auto& item : items) rows.push_back({box.key, item});
  };
  put(batch.signals, box.signals);
  put(batch.decisions, box.decisions);
  put(batch.interventions, box.interventions);
  put(batch.journeys, box.journeys);
  put(batch.exposures, box.exposures);
  put(batch.conversations, box.conversations);
  put(batch.messages, box.messages);
}

void number_on_its_own(HouseBox& box) {
  std::ranges::stable_sort(box.control, {}, &core::LoggedRecord::offset);
  for (std::size_t i = 0; i < box.control.size(); ++i) box.control[i].offset = i;
  std::ranges::sort(box.erased, {}, &ErasedVisitor::visitor);
  for (ErasedVisitor& erased : box.erased) erased = {erased.visitor, 0, erased.at, std::nullopt};
  std::ranges::stable_sort(box.letters, {}, &DeadLetter::offset);
  for (std::size_t i = 0; i < box.letters.size(); ++i) box.letters[i].offset = i;
}

StoredVisitor packed(const VisitorBox& box) {
  StoredVisitor out;
  out.key = box.key;
  out.visitor = core::encode(box.visitor);
  put_all(out.signals, box.signals);
  put_all(out.decisions, box.decisions);
  put_all(out.interventions, box.interventions);
  put_all(out.journeys, box.journeys);
  put_all(out.exposures, box.exposures);
  put_all(out.conversations, box.conversations);
  put_all(out.messages, box.messages);
  put_records(out.records, box.records);
  for (const core::Record& record : box.untold) out.untold.push_back(core::encode(record));
  return out;
}

StoredHouse packed(const HouseBox& box) {
  StoredHouse out;
  put_records(out.control, box.control);
  put_all(out.erased, box.erased);
  put_all(out.letters, box.letters);
  return out;
}

std::string stored(const VisitorBox& box) { return archived(packed(box)); }
std::string stored(const HouseBox& box) { return archived(packed(box)); }

Result<VisitorBox> visitor_box_in(std::string_view bytes) {
  auto in = unarchived<StoredVisitor>(bytes);
  if (!in) return fail(ErrorCode::kCorrupt, "a visitor is damaged");
  auto visitor = core::decode_visitor(in->visitor);
  if (!visitor) return fail(ErrorCode::kCorrupt, "the state of visitor " + in->key.hex() + " is damaged, or newer");
  VisitorBox box;
  box.key = in->key;
  box.visitor = std::move(*visitor);
  for (const Result<void>& done :
       {take_all(in->signals, box.signals, "signals"), take_all(in->decisions, box.decisions, "decisions"),
        take_all(in->interventions, box.interventions, "interventions"),
        take_all(in->journeys, box.journeys, "journeys"), take_all(in->exposures, box.exposures, "exposures"),
        take_all(in->conversations, box.conversations, "conversations"),
        take_all(in->messages, box.messages, "messages"), take_records(in->records, box.records),
        take_untold(in->untold, box.untold)}) {
    if (!done) return pass_on(done);
  }
  return box;
}

Result<HouseBox> house_box_in(std::string_view bytes) {
  auto in = unarchived<StoredHouse>(bytes);
  if (!in) return fail(ErrorCode::kCorrupt, "what holds for all is damaged");
  HouseBox box;
  for (const Result<void>& done : {take_records(in->control, box.control), take_all(in->erased, box.erased, "erased"),
                                   take_all(in->letters, box.letters, "dead letters")}) {
    if (!done) return pass_on(done);
  }
  return box;
}

}  // namespace handrail::moving
