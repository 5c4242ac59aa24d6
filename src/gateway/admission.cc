// SPDX-License-Identifier: Apache-2.0
#include "gateway/admission.h"

#include <algorithm>

namespace handrail::gateway {
namespace {

template <class Release>
Admission::Hold on_release(Release release) {
  return {nullptr, [release = std::move(release)](void*) mutable { release(); }};
}

}  // namespace

std::optional<Admission::Refusal> Admission::enter(std::uint64_t body_bytes, bool can_come_back, std::int64_t now_us,
                                                   Hold& hold) {
  ++asked_;
  if (age(now_us) > state_->options.unsynced_age_max) return Refusal::kAge;
  if (can_come_back && share_ < 1 && std::uniform_real_distribution<>()(draw_) >= share_) return Refusal::kLateness;
  const std::size_t before = state_->inflight.fetch_add(body_bytes);
  // Whoever is alone may be as large as the body limit allows.
  if (before > 0 && before + body_bytes > state_->options.inflight_bytes_max) {
    state_->inflight -= body_bytes;
    return Refusal::kBytes;
  }
  hold = on_release([state = state_, body_bytes] { state->inflight -= body_bytes; });
  return std::nullopt;
}

std::optional<Admission::Refusal> Admission::enter_visitor(const VisitorKey& visitor, std::uint64_t bytes, Hold& hold) {
  std::lock_guard lock(state_->mutex);
  const bool is_scarce = state_->inflight > state_->options.inflight_bytes_max / 2;
  const auto known = state_->of_visitors.find(visitor);
  const std::size_t has = known == state_->of_visitors.end() ? 0 : known->second;
  if (is_scarce && has > 0 && has + bytes > state_->options.visitor_bytes_max) return Refusal::kVisitor;
  state_->of_visitors[visitor] = has + bytes;
  hold = on_release([state = state_, visitor, bytes] {
    std::lock_guard relock(state->mutex);
    const auto it = state->of_visitors.find(visitor);
    it->second -= bytes;
    if (it->second == 0) state->of_visitors.erase(it);
  });
  return std::nullopt;
}

Admission::Hold Admission::unsynced(std::int64_t now_us) {
  std::lock_guard lock(state_->mutex);
  const auto place = state_->begun.insert(state_->begun.end(), now_us);
  return on_release([state = state_, place] {
    std::lock_guard relock(state->mutex);
    state->begun.erase(place);
  });
}

void Admission::tick(std::int64_t now_us) {
  const std::int64_t bound = state_->options.lateness_max * 1000;
  const std::int64_t late = last_tick_ == 0 ? 0 : now_us - last_tick_ - kTickEvery * 1000;
  late_ticks_ = late > bound && asked_ >= kBusyRequests ? late_ticks_ + 1 : 0;
  if (late_ticks_ > kHiccups) share_ = std::max(kShareMin, share_ * (late > 4 * bound ? kShrinkFast : kShrink));
  if (late_ticks_ == 0) share_ = std::min(1.0, share_ + kGrow);
  last_tick_ = now_us;
  asked_ = 0;
}

Millis Admission::age(std::int64_t now_us) const {
  std::lock_guard lock(state_->mutex);
  return state_->begun.empty() ? 0 : (now_us - state_->begun.front()) / 1000;
}

}  // namespace handrail::gateway
