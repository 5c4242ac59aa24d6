// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/language/second_try.h"
#include "tests/support/fake_clock.h"

namespace handrail::test {

// Pauses that the clock alone knows of.
struct KeptPauses {
  explicit KeptPauses(FakeClock& of) : clock(of) {}
  language::Waiting waiting() {
    return {[this](Millis span) {
              spans.push_back(span);
              clock.advance(span);
            },
            [] { return 0.5; }};
  }

  FakeClock& clock;
  std::vector<Millis> spans;
};

}  // namespace handrail::test
