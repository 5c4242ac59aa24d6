// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <pthread.h>

namespace handrail {

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace handrail
