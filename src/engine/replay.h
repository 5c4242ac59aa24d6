// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/event/foreign_ids.h"
#include "core/fold/fold.h"
#include "ports/event_log.h"

namespace handrail {

// A record upon which two policies did not decide the same.
struct DecisionDifference {
  Offset offset = 0;
  std::optional<core::Decision> before;  // nothing: it did not come to a decision
  std::optional<core::Decision> after;
};

struct ReplayCounts {
  std::uint64_t records = 0, compared = 0, duplicates = 0, undecodable = 0, failed = 0;
  struct Side {
    std::uint64_t decisions = 0, offers = 0;
  } before, after;
};

// Folds history in memory with the server's own code, under the rules that held (`own` where the log tells of none) and
// beside it under others, which hold for all from the first compared record on: up to there both are the
// same state.
class Replay {
 public:
  // A visitor as the state from which the replay begins knows it; nothing: it begins empty.
  using Known = std::function<std::optional<core::Visitor>(const VisitorKey&)>;

  Replay(core::Rules own, std::optional<core::Rules> other) : own_(std::move(own)), other_(std::move(other)) {}

  // Instead of the log's beginning: with this control state, and visitors as they are known.
  void begin_with(const std::vector<core::LoggedRecord>& control, Known known);
  // A record of before: its foreign id alone counts.
  void pass(const LogEntry& entry, UnixMillis log_time);

  // The next record of the log. `log_time` is its block's; `is_compared`: within the span that was asked for.
  void take(LogEntry entry, UnixMillis log_time, bool is_compared);

  const ReplayCounts& counts() const { return counts_; }
  const std::vector<DecisionDifference>& differences() const { return differences_; }
  std::size_t visitors() const { return visitors_.size(); }
  // Of every decision and intervention of the compared records, in log order.
  Id128 hash_before() const { return hash_before_; }
  Id128 hash_after() const { return other_ ? hash_after_ : hash_before_; }

 private:
  struct Both {
    core::Visitor own;
    std::optional<core::Visitor> other;  // from the first compared record on
  };
  Both& visitor_of(const VisitorKey& key);
  void take_control(const core::LoggedRecord& entry);
  bool fold_into(core::Visitor& visitor, const core::FoldContext& context, const core::LoggedRecord& logged,
                 core::Effects& effects);
  void compare(Offset offset);

  const core::Rules own_;
  const std::optional<core::Rules> other_;
  core::ControlState control_;
  core::ControlState control_without_rules_;  // for the other side: published rules would hide it
  Known known_;
  std::unordered_map<VisitorKey, Both, IdHash> visitors_;
  core::ForeignIds foreign_ids_;
  core::Effects before_, after_;
  ReplayCounts counts_;
  std::vector<DecisionDifference> differences_;
  Id128 hash_before_, hash_after_;
};

}  // namespace handrail
