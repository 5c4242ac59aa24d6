// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

// What two samples have in common: the area under both of their histograms, 0 (nothing) to 1 (they lie alike).
// Weitzman's overlapping coefficient (1970).
namespace handrail::training {

// Of numbers: in 64 bins of about as many values of both each; a value that is many has a bin of its own, and so have
// those that are missing (NaN). O(n log n).
double overlap(const std::vector<float>& some, const std::vector<float>& others);
// Of things that are the same or are not.
double overlap(const std::vector<std::uint64_t>& some, const std::vector<std::uint64_t>& others);

}  // namespace handrail::training
