// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/support/records.h"

namespace handrail::test {

// The hand-written day: a dozen visitors whose stories touch every signal, gate, answer, timer and kind of record.
std::vector<Record> fixture();

}  // namespace handrail::test
