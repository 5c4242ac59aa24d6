// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace handrail {

// Shows the calling thread under this name (at most 15 bytes) in top, perf and /proc.
void name_this_thread(const char* name);

}  // namespace handrail
