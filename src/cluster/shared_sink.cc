// SPDX-License-Identifier: Apache-2.0
#include "cluster/shared_sink.h"

#include "base/thread.h"

namespace handrail {

SharedSink::SharedSink(RecordSink& stream, ControlLog& control)
    : stream_(stream), control_(control), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void SharedSink::stop() {
  {
    std::lock_guard lock(mutex_);
    thread_.request_stop();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SharedSink::append(std::vector<core::Record> records, Appended done) {
  if (records.empty() || !records.front().is_control()) return stream_.append(std::move(records), std::move(done));
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() < kWaitingMax && !thread_.get_stop_token().stop_requested()) {
      waiting_.push_back({std::move(records), std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done(fail(ErrorCode::kUnavailable, "too many changes of what holds for all wait; try again"));
}

void SharedSink::run(const std::stop_token& stop) {
  name_this_thread("control");
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || stop.stop_requested(); });
    if (waiting_.empty()) return;
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    auto first = control_.append(next.entries);
    if (first) {
      next.done(Receipt{*first});
    } else {
      next.done(pass_on(first));
    }
  }
}

}  // namespace handrail
