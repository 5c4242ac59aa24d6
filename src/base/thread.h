// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace handrail {

// Shows the calling thread under this name (at most 15 bytes) in top, perf and /proc.
void name_this_thread(const char* name);

// By so much of nice(1): 0 to 19.
void lower_this_threads_priority(int niceness);

}  // namespace handrail
