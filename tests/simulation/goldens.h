// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace handrail::test {

// Hashes of all decisions and interventions. They change only when what Handrail decides changes: then look at the
// decisions, say why in the commit, and put the new ones here.
inline const std::string kGoldenOfFixture = "4964c9c28d1e4516d4789df67e6168ed";      // the hand-written fixture
inline const std::string kGoldenOfRecordedDay = "9531c22723809f50bf8f191db589633d";  // day.ndjson

}  // namespace handrail::test
