// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/analysis/digest.h"
#include "core/control/models_book.h"
#include "core/fold/visitor.h"

namespace handrail::core {

// What the built-in analyst was told of a journey and made of it, for others to read as well.
struct Reading {
  const Digest& digest;
  const AnalystRules& rules;  // that held
  const Analysis& builtin;
  bool may_leave;  // the program: the site and the visitor let it
};

// Who looks on while journeys are folded: training, which makes its rows there, and those who watch over models. Sees
// all, changes nothing. Called by the thread that folds.
class JourneyWatch {
 public:
  virtual ~JourneyWatch() = default;
  // Properties that every journey's trail is to hold, as if a model wanted them. Nothing: what the site's models want.
  virtual const std::vector<Property>* wanted() const { return nullptr; }
  // What holds for all from now on; once for each entry, though partitions hear each their own.
  virtual void on_control(const LoggedRecord& /*entry*/) {}
  // Every event that a journey took in; before it is assessed.
  virtual void on_event(const Visitor& /*visitor*/, const Event& /*event*/) {}
  // Right after an event upon which a model would speak, before anything is decided.
  virtual void on_assessed(const Visitor& /*visitor*/, const Event& /*event*/, const Weights& /*weights*/,
                           int /*struggle*/) {}
  virtual void on_scored(const Visitor& /*visitor*/, const ServingModel& /*model*/, const FeatureRow& /*row*/,
                         const ExitRisk& /*said*/) {}
  // A hard case, right after the built-in analyst read it.
  virtual void on_read(const Visitor& /*visitor*/, const Reading& /*reading*/) {}
  // The journey is over, or came to its goal: what models said of it can be compared with what it came to.
  virtual void on_outcome(const Visitor& /*visitor*/, const Outcome& /*outcome*/) {}
};

}  // namespace handrail::core
