// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/event_source.h"

namespace handrail::training {

// Gives each event of the source to `take` (SourceEvent -> Result<void>), and the share read to `goes_on` now and then;
// where that says false, it stops (kUnavailable).
template <class GoesOn, class Take>
Result<void> read_events(EventSource& source, GoesOn goes_on, Take take) {
  constexpr std::uint64_t kProgressEvery = 4096;  // events
  std::uint64_t count = 0;
  while (true) {
    auto event = source.next();
    if (!event) return pass_on(event);
    if (!*event) return {};
    if (auto taken = take(**event); !taken) return taken;
    if (++count % kProgressEvery == 0 && !goes_on(source.share_read())) return fail(ErrorCode::kUnavailable, "stopped");
  }
}

}  // namespace handrail::training
