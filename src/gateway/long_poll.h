// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <list>
#include <memory>
#include <mutex>

#include "gateway/gateway.h"

namespace handrail::gateway {

// A stream for clients that cannot stream: answers once, with the first events that come or with none when its time is
// over. Looks like a stream to the hub.
class LongPoll final : public EventStream, public std::enable_shared_from_this<LongPoll> {
 public:
  LongPoll(std::shared_ptr<Exchange> exchange, std::int64_t until_us)
      : exchange_(std::move(exchange)), until_us_(until_us) {}

  bool send(std::string_view event, std::string_view data, std::string_view id) override {
    std::lock_guard lock(mutex_);
    if (!exchange_) return false;
    boost::system::error_code ec;
    events_.push_back(boost::json::object{{"id", id}, {"event", event}, {"data", boost::json::parse(data, ec)}});
    if (event != "config" || std::exchange(has_config_, true)) has_news_ = true;
    return true;
  }
  void close() override { finish(); }
  bool is_open() const override {
    std::lock_guard lock(mutex_);
    return exchange_ != nullptr;
  }
  void on_close(std::function<void()> gone) override { gone_ = std::move(gone); }

  // On the I/O thread. True when it has been answered.
  bool finish_if_due(std::int64_t now_us) {
    if (now_us < until_us_ && !has_news_) return false;
    finish();
    return true;
  }
  void finish() {
    std::shared_ptr<Exchange> exchange;
    boost::json::array events;
    {
      std::lock_guard lock(mutex_);
      exchange = std::exchange(exchange_, nullptr);
      events = std::move(events_);
    }
    if (exchange)
      exchange->respond(json_response(boost::json::serialize(boost::json::object{{"events", std::move(events)}})));
    if (gone_) std::exchange(gone_, nullptr)();
  }

 private:
  mutable std::mutex mutex_;  // guards the three below
  std::shared_ptr<Exchange> exchange_;
  boost::json::array events_;
  bool has_config_ = false;  // the first one is no news
  std::atomic<bool> has_news_{false};
  const std::int64_t until_us_;  // on the monotonic clock
  std::function<void()> gone_;
};

// The open long polls; on the I/O thread.
class Gateway::LongPolls {
 public:
  void add(std::shared_ptr<LongPoll> poll) { polls_.push_back(std::move(poll)); }
  void finish_overdue(std::int64_t now_us) {
    polls_.remove_if([&](const auto& poll) { return poll->finish_if_due(now_us); });
  }
  void finish_all() {
    for (const auto& poll : polls_) poll->finish();
    polls_.clear();
  }

 private:
  std::list<std::shared_ptr<LongPoll>> polls_;
};

}  // namespace handrail::gateway
