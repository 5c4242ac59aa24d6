// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/fold/fold.h"
#include "simulate/visitor.h"

namespace handrail::evaluation {

// A visitor's events, folded as a server would, and what a reader would be told then.
class Rehearsal {
 public:
  static constexpr UnixMillis kBegins = 1'800'000'000'000;

  explicit Rehearsal(core::Rules rules) : rules_(std::move(rules)) {}

  // What the visitor's page sends of an act; through the gateway's own codec.
  void play(const simulate::Visitor& visitor, simulate::Act act);
  // An event at so many milliseconds since the journey's begin.
  void tell(Millis at, std::string type, core::Fact fact);

  core::Digest digest() const;

 private:
  void fold_in(core::Record record);

  const core::Rules rules_;
  const core::ControlState control_;
  core::Visitor visitor_;
  core::Effects effects_;
  Offset next_ = 0;
  std::uint64_t seq_ = 0;
};

}  // namespace handrail::evaluation
