// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/fold/fold.h"
#include "tests/support/records.h"

namespace handrail::test {

// Folds records into one visitor and keeps what came of it.
class Folder {
 public:
  explicit Folder(Policy policy = {}) : rules_{policy, {}, {}, {}, {}, {}} {}

  const Effects& operator()(const Record& record) {
    fold({rules_, control_, false, watch}, visitor, {next_++, record}, effects);
    signals.insert(signals.end(), effects.signals.begin(), effects.signals.end());
    decisions.insert(decisions.end(), effects.decisions.begin(), effects.decisions.end());
    return effects;
  }
  int struggle_at(UnixMillis at) const { return struggle(visitor.journey.evidence, at); }
  // The newest state of the signals of a kind.
  std::optional<Signal> newest(SignalKind kind) const {
    for (auto s = signals.rbegin(); s != signals.rend(); ++s) {
      if (!s->analysis && s->episode.signal == kind) return *s;
    }
    return std::nullopt;
  }
  OfferState offer_state() const { return visitor.offer.value().state; }
  bool passed(Gate gate) const {
    for (const GateVerdict& v : decisions.back().gates) {
      if (v.gate == gate) return v.passed;
    }
    return false;
  }
  ControlState& control() { return control_; }
  Rules& rules() { return rules_; }

  JourneyWatch* watch = nullptr;  // looks on
  Visitor visitor;
  Effects effects;
  std::vector<Signal> signals;
  std::vector<Decision> decisions;

 private:
  Rules rules_;
  ControlState control_;
  Offset next_ = 0;
};

}  // namespace handrail::test
