// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <pthread.h>
#include <sys/resource.h>

namespace handrail {

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

// On Linux a thread has a niceness of its own, and lowering it needs no right.
void lower_this_threads_priority(int niceness) {
  const int now = getpriority(PRIO_PROCESS, 0);
  (void)setpriority(PRIO_PROCESS, 0, now + niceness);
}

}  // namespace handrail
