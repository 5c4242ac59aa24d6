// SPDX-License-Identifier: Apache-2.0
#pragma once

// Microseconds of a clock that never steps.
static inline rd_ts_t rd_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (rd_ts_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
