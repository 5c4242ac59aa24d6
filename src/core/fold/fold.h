// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/control/control.h"
#include "core/control/rules.h"
#include "core/event/record.h"
#include "core/fold/effects.h"
#include "core/fold/journey_watch.h"
#include "core/fold/visitor.h"

namespace handrail::core {

struct FoldContext {
  const Rules& rules;  // where no entry tells of any
  const ControlState& control;
  bool foreign_duplicate = false;  // the log holds an event of this id at a smaller offset, within 24 h
  JourneyWatch* watch = nullptr;   // looks on
};

// The heart of the program: one record into one visitor's state. Pure: no clock, no I/O, no randomness; the same
// records give the same state and effects wherever, however often and in whatever batches they are folded.
// Deadlines that passed before the record act first, at their own times. A record below visitor.next_offset changes
// nothing. The record must be the visitor's own.
void fold(const FoldContext& context, Visitor& visitor, const LoggedRecord& logged, Effects& effects);

}  // namespace handrail::core
