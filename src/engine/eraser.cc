// SPDX-License-Identifier: Apache-2.0
#include "engine/eraser.h"

#include "telemetry/log.h"

namespace handrail {

Eraser::Eraser(Ports ports, std::chrono::seconds every, telemetry::Metrics& metrics)
    : ports_(ports),
      every_(every),
      erased_(metrics.counter("handrail_erased_visitors_total", "Visitors whose bytes are gone from the files")),
      failures_(
          metrics.counter("handrail_erasure_failures_total", "Rounds of erasing that failed and are tried again")) {}

void Eraser::start() {
  rounds_.start("eraser", every_, [this] {
    if (const auto done = run(); !done) {
      failures_.add();
      telemetry::log_error("erasing failed and is tried again: " + done.error().message);
    }
  });
}

// The state first: once a visitor's records are out of the log, no replay would erase it from an older checkpoint.
Result<std::size_t> Eraser::run() {
  auto waiting = ports_.store.erasures_to_do();
  if (!waiting) return pass_on(waiting);
  if (waiting->empty()) return std::size_t{0};
  if (auto synced = ports_.store.sync(); !synced) return pass_on(synced);
  std::vector<Erased> visitors;
  for (const ErasedVisitor& one : *waiting) visitors.push_back({one.visitor, one.below});
  if (auto done = ports_.log.erase(visitors); !done) return pass_on(done);
  for (ErasedVisitor& one : *waiting) one.gone_at = ports_.clock.now() / 1000;
  if (ports_.copies != nullptr) {
    if (auto done = ports_.copies->forget(*waiting); !done) return pass_on(done);
  }
  if (auto done = ports_.store.finish_erasures(*waiting); !done) return pass_on(done);
  erased_.add(static_cast<double>(waiting->size()));
  return waiting->size();
}

}  // namespace handrail
