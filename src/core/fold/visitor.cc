// SPDX-License-Identifier: Apache-2.0
#include "core/fold/visitor.h"

#include <algorithm>

#include "base/archive.h"

namespace handrail::core {
namespace {

constexpr std::uint64_t kBits = 256;

bool test_bit(const std::array<std::uint64_t, 4>& bits, std::uint64_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
void set_bit(std::array<std::uint64_t, 4>& bits, std::uint64_t i) { bits[i / 64] |= std::uint64_t{1} << (i % 64); }

void shift_up(std::array<std::uint64_t, 4>& bits, std::uint64_t by) {
  std::array<std::uint64_t, 4> moved{};
  for (std::uint64_t i = 0; i + by < kBits; ++i) {
    if (test_bit(bits, i)) set_bit(moved, i + by);
  }
  bits = moved;
}

// Format 2 reckoned them from the policy.
void set_default_deadlines(Visitor& v) {
  const Policy policy;
  if (v.profile.unsettled) v.deadlines.decline_settles = v.profile.unsettled->at + policy.answer_settles;
  if (v.conversation && v.conversation->awaits_answer())
    v.deadlines.unanswered = v.conversation->opened_at + policy.unanswered_after;
}

}  // namespace

bool TabWatermark::first_time(std::uint64_t seq) {
  if (seq > high) {
    if (seq - high == 1) [[likely]] {  // the shift by one, without the loop
      for (int word = 3; word > 0; --word) seen[word] = seen[word] << 1 | seen[word - 1] >> 63;
      seen[0] <<= 1;
    } else {
      shift_up(seen, std::min(seq - high, kBits));
    }
    high = seq;
    set_bit(seen, 0);
    return true;
  }
  const std::uint64_t back = high - seq;
  if (back >= kBits || test_bit(seen, back)) return false;
  set_bit(seen, back);
  return true;
}

void Visitor::note_activity(Offset offset, UnixMillis at) {
  if (!spans.empty() && at - spans.back().last_at <= Journey::kIdleEnd) {
    spans.back().last = offset;
    spans.back().last_at = std::max(spans.back().last_at, at);
    return;
  }
  std::erase_if(spans, [&](const ActiveSpan& s) { return at - s.last_at > kDay; });
  if (spans.size() == ActiveSpan::kSpansMax) {  // the two oldest become one, with the gap between them
    spans[1].first = spans[0].first;
    spans.erase(spans.begin());
  }
  spans.push_back({offset, offset, at});
}

std::string encode(const Visitor& visitor) {
  std::string out(1, static_cast<char>(kVisitorFormat));
  ArchiveWriter{out}(visitor);
  return out;
}

std::optional<Visitor> decode_visitor(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto format = static_cast<std::uint8_t>(bytes.front());
  if (format < kOldestVisitorFormat || format > kVisitorFormat) return std::nullopt;
  auto visitor = unarchived<Visitor>(bytes.substr(1), format);
  if (visitor && format < 3) set_default_deadlines(*visitor);
  return visitor;
}

std::optional<UnixMillis> next_due(const Visitor& v) {
  std::optional<UnixMillis> due;
  const auto consider = [&](UnixMillis at) { due = due ? std::min(*due, at) : at; };
  if (v.offer && v.offer->state == OfferState::kPending) consider(v.offer->expires_at);
  const bool is_displayed = v.offer && v.offer->state == OfferState::kDisplayed;
  if (is_displayed || v.journey.has_open_exposure()) consider(v.journey.over_at());
  if (v.deadlines.decline_settles) consider(*v.deadlines.decline_settles);
  if (v.deadlines.unanswered) consider(*v.deadlines.unanswered);
  return due;
}

}  // namespace handrail::core
