// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ports/control_log.h"
#include "ports/record_sink.h"

namespace handrail {

// A gateway's way into what many share: control entries go into the control log, on a thread of this sink's, all else
// into the stream. Records of one append are all of one kind. Thread-safe.
class SharedSink final : public RecordSink {
 public:
  static constexpr std::size_t kWaitingMax = 256;  // appends of control entries; more are kUnavailable

  SharedSink(RecordSink& stream, ControlLog& control);
  ~SharedSink() override { stop(); }

  void append(std::vector<core::Record> records, Appended done) override;
  Result<void> health() const override { return stream_.health(); }
  void stop();  // after what waits; idempotent

 private:
  struct Waiting {
    std::vector<core::Record> entries;
    Appended done;
  };
  void run(const std::stop_token& stop);

  RecordSink& stream_;
  ControlLog& control_;
  std::mutex mutex_;  // guards waiting_
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::jthread thread_;
};

}  // namespace handrail
