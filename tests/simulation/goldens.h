// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace handrail::test {

// Hashes of all decisions and interventions. They change only when what Handrail decides changes: then look at the
// decisions, say why in the commit, and put the new ones here.
inline const std::string kGoldenOfFixture = "a2f44050a59dfcaba31ce19200442ad1";      // the hand-written fixture
inline const std::string kGoldenOfRecordedDay = "f9a4b2954e27745979082a26ea516717";  // day.ndjson

}  // namespace handrail::test
