// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/append_parts.h"

#include <utility>

namespace handrail {

void AppendTicket::part_is_done(bool is_taken) {
  if (!is_taken) failed_ = true;
  if (--open_ > 0) return;
  if (failed_) {
    done_(fail(ErrorCode::kUnavailable, "the stream did not take all of it; try again"));
  } else {
    done_(Receipt{});
  }
}

std::vector<AppendPart> parts_of(std::vector<core::Record> records, std::size_t message_bytes_max) {
  std::vector<AppendPart> parts;
  std::unordered_map<VisitorKey, std::size_t, IdHash> places;
  for (core::Record& record : records) {
    const std::size_t size = core::encoded_size_hint(record);
    const VisitorKey visitor = record.key();
    const auto [place, is_new] = places.try_emplace(visitor, parts.size());
    if (!is_new && parts[place->second].bytes + size > message_bytes_max) place->second = parts.size();
    if (place->second == parts.size()) parts.push_back({visitor, {}, 0});
    AppendPart& part = parts[place->second];
    part.bytes += size;
    part.records.push_back(std::move(record));
  }
  return parts;
}

void NewestMessages::note(VisitorKey visitor, std::string sequence) {
  std::lock_guard lock(mutex_);
  const std::int64_t now = clock_.monotonic_micros();
  if (newest_.size() >= kVisitorsMax || now - since_ > kKept * 1000) {
    before_ = std::exchange(newest_, {});
    since_ = now;
  }
  newest_.insert_or_assign(visitor, std::move(sequence));
}

std::string NewestMessages::of(VisitorKey visitor) const {
  std::lock_guard lock(mutex_);
  for (const Generation* generation : {&newest_, &before_}) {
    if (const auto known = generation->find(visitor); known != generation->end()) return known->second;
  }
  return {};
}

}  // namespace handrail
