// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "ports/record_sink.h"

namespace handrail::test {

// Takes whatever is appended, and keeps it for the test to look at.
class KeptLog final : public RecordSink {
 public:
  void append(std::vector<core::Record> records, Appended done) override {
    for (core::Record& record : records) taken.push_back(std::move(record));
    done(Receipt{});
  }
  Result<void> health() const override { return {}; }
  std::vector<core::Record> taken;
};

}  // namespace handrail::test
