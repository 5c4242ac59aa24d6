// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/support/records.h"

namespace handrail::test {

// day.ndjson is what pages sent, and what they answered to the offers that a real server made:
//   handrail simulate --rate 13 --duration 72 --seed 3 --batch 20 --record day.ndjson
// Folded again, it must decide the same (kGoldenOfRecordedDay).
std::vector<Record> recorded_day();

}  // namespace handrail::test
