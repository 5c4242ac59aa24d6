// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace handrail {

// How far folding has come, for those who serve what was folded. Thread-safe.
class Folding {
 public:
  virtual ~Folding() = default;
  // Waits until every record durable now is folded and written, so that a read sees it; where engines are elsewhere, a
  // read sees what is written by now. False when `span` passed first.
  virtual bool settle(std::chrono::milliseconds span) = 0;
  // The same of one visitor's records; where engines are elsewhere, of those that this process appended.
  virtual bool settle_visitor(VisitorKey, std::chrono::milliseconds span) { return settle(span); }
  // Waits until the record at `offset` is folded and its news is with the outbox (not necessarily written).
  virtual bool await_folded(Offset offset, std::chrono::milliseconds span) = 0;
  // Whether all control entries that were durable at the start are told: every credential of earlier runs is known.
  virtual bool knows_control() const = 0;
  // Why folding stopped, if it did.
  virtual std::optional<Error> fault() const = 0;
};

}  // namespace handrail
