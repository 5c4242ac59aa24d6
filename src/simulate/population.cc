// SPDX-License-Identifier: Apache-2.0
#include "simulate/population.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace handrail::simulate {
namespace {

constexpr Millis kPauseLeast = 800;
constexpr Millis kPauseMost = 2500;
constexpr Millis kFlushAfter = 1000;
constexpr Millis kFlushUrgentAfter = 10;

}  // namespace

bool Population::Later::operator()(const PopulationEvent& a, const PopulationEvent& b) const {
  if (a.event.at != b.event.at) return a.event.at > b.event.at;
  return a.visitor != b.visitor ? a.visitor > b.visitor : a.event.seq > b.event.seq;
}

std::uint32_t Population::visitors_at_once(std::int64_t events_per_second) {
  return static_cast<std::uint32_t>(events_per_second * 3 / 2 + 8);
}

Population::Population(const PopulationOptions& options) : options_(options), random_(options.seed) {
  visitors_.reserve(options.visitors);
  for (std::uint32_t i = 0; i < options.visitors; ++i) visitors_.emplace_back(options.seed, i);
  const std::uint32_t at_once = std::min(visitors_at_once(options.events_per_second), options.visitors);
  for (std::uint32_t i = 0; i < options.visitors; ++i) {
    if (i < at_once) {
      active_.push({random_.below(kPauseMost), i});
    } else {
      away_.push_back(i);
    }
  }
}

std::optional<PopulationEvent> Population::next() {
  while (acts_at_ < options_.duration && (events_.empty() || events_.top().event.at >= acts_at_)) let_one_act();
  if (events_.empty() || events_.top().event.at >= options_.duration) return std::nullopt;
  PopulationEvent event = events_.top();
  events_.pop();
  return event;
}

// Whoever waits longest acts; the next act begins when the rate has room for the events of this one.
void Population::let_one_act() {
  const Ready ready = active_.top();
  active_.pop();
  const Millis begins = std::max(acts_at_, ready.at);
  Act act = visitors_[ready.visitor].act(begins);
  made_ += static_cast<std::int64_t>(act.events.size());
  for (SimulatedEvent& event : act.events) events_.push({ready.visitor, std::move(event)});
  std::uint32_t next = ready.visitor;
  if (act.leaves && !away_.empty()) {
    away_.push_back(next);
    next = away_.front();
    away_.pop_front();
  }
  active_.push({act.ends + random_.between(kPauseLeast, kPauseMost), next});
  acts_at_ = std::max(made_ * 1000 / options_.events_per_second, begins);
}

std::optional<Batch> Batches::next() {
  while (true) {
    if (!ahead_ && !is_over_) {
      ahead_ = population_.next();
      is_over_ = !ahead_;
    }
    forget_stale();
    if (!due_.empty() && (is_over_ || due_.top().at < ahead_->event.at))
      return close(due_.top().visitor, due_.top().at);
    if (is_over_) return std::nullopt;
    if (auto full = take(*std::exchange(ahead_, std::nullopt))) return full;
  }
}

void Batches::forget_stale() {
  const auto is_stale = [&](const Due& due) {
    return open_[due.visitor].number != due.number || open_[due.visitor].events.empty();
  };
  while (!due_.empty() && is_stale(due_.top())) due_.pop();
}

// Adds the event to its visitor's batch; gives the batch that is full by it, or that another tab began.
std::optional<Batch> Batches::take(PopulationEvent arrived) {
  if (open_.size() <= arrived.visitor) open_.resize(population_.size());
  Open& open = open_[arrived.visitor];
  std::optional<Batch> out;
  const Millis now = arrived.event.at;
  if (!open.events.empty() && open.events.back().tab != arrived.event.tab) out = close(arrived.visitor, now);
  const bool is_first = open.events.empty();
  if (is_first) open.number = ++batches_;
  const Millis due = now + (arrived.event.is_urgent ? kFlushUrgentAfter : kFlushAfter);
  if (is_first || due < open.due) {
    open.due = due;
    due_.push({due, open.number, arrived.visitor});
  }
  open.events.push_back(std::move(arrived.event));
  if (!out && open.events.size() >= events_max_) out = close(arrived.visitor, now);
  return out;
}

Batch Batches::close(std::uint32_t visitor, Millis at) {
  return {at, visitor, std::exchange(open_[visitor].events, {})};
}

std::string body_of(const Batch& batch, const Visitor& visitor, UnixMillis epoch) {
  const std::uint32_t tab = batch.events.front().tab;
  std::string body =
      fmt::format(R"({{"v":1,"anonymousId":"{}","sessionId":"s-{}","tabId":"{}","sentAt":{},"events":[)",
                  visitor.anonymous_id(), visitor.tab_id(tab), visitor.tab_id(tab), epoch + batch.send_at);
  for (const SimulatedEvent& event : batch.events) {
    fmt::format_to(
        std::back_inserter(body), R"({}{{"seq":{},"eventType":"{}","timestamp":{},"mono":{},"eventData":{}}})",
        body.back() == '[' ? "" : ",", event.seq, event.type, epoch + event.happened, event.mono, event.data);
  }
  return body += "]}";
}

}  // namespace handrail::simulate
