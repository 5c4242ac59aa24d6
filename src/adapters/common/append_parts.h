// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "ports/clock.h"
#include "ports/record_sink.h"

// What sinks into streams of many machines share: an append cut into messages, and where each visitor's newest one
// lies.
namespace handrail {

// An append whose parts are on their way, each told once by whoever sends it. Thread-safe.
class AppendTicket {
 public:
  AppendTicket(std::size_t parts, RecordSink::Appended done) : open_(parts), done_(std::move(done)) {}
  // With the last part the append is answered: kUnavailable where one of them was not taken.
  void part_is_done(bool is_taken);

 private:
  std::atomic<std::size_t> open_;
  std::atomic<bool> failed_{false};
  RecordSink::Appended done_;
};

// Records of one visitor that go in one message.
struct AppendPart {
  VisitorKey visitor;
  std::vector<core::Record> records;
  std::size_t bytes = 0;  // about
};
// Each visitor's records in their order; those of one visitor that are more than a message may hold are several parts.
std::vector<AppendPart> parts_of(std::vector<core::Record> records, std::size_t message_bytes_max);

// Sequence numbers of the newest messages of visitors, for a minute or two. Thread-safe.
class NewestMessages {
 public:
  static constexpr std::size_t kVisitorsMax = 100'000;  // twice as many at most
  static constexpr Millis kKept = kMinute;

  explicit NewestMessages(const Clock& clock) : clock_(clock) {}
  void note(VisitorKey visitor, std::string sequence);
  std::string of(VisitorKey visitor) const;  // empty: none of late

 private:
  using Generation = std::unordered_map<VisitorKey, std::string, IdHash>;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards the rest
  Generation newest_, before_;
  std::int64_t since_ = 0;  // monotonic, µs
};

}  // namespace handrail
