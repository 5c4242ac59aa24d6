// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <semaphore>
#include <utility>
#include <vector>

#include "ports/record_sink.h"

namespace handrail::test {

// Keeps what is appended by another thread, and says so; refuses it where it is told to.
class TellingLog final : public RecordSink {
 public:
  void append(std::vector<core::Record> records, Appended done) override {
    for (core::Record& record : records) taken.push_back(std::move(record));
    fails ? done(fail(ErrorCode::kUnavailable, "full")) : done(Receipt{});
    told.release();
  }
  Result<void> health() const override { return {}; }

  std::vector<core::Record> taken;
  bool fails = false;
  std::counting_semaphore<1000> told{0};
};

}  // namespace handrail::test
