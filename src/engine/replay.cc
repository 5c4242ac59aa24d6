// SPDX-License-Identifier: Apache-2.0
#include "engine/replay.h"

#include <exception>

#include "base/archive.h"

namespace handrail {
namespace {

// What was decided, whichever rules led to it.
std::string encoded(core::Decision decision) {
  decision.rules = {};
  return archived(decision);
}

void add_to(Id128& hash, const core::Effects& effects) {
  const auto add = [&](const std::string& bytes) { hash = id_of({hash.bytes(), bytes}); };
  for (const core::Decision& decision : effects.decisions) add(encoded(decision));
  for (const core::Intervention& intervention : effects.interventions) add(archived(intervention));
}

void count(ReplayCounts::Side& side, const core::Effects& effects) {
  side.decisions += effects.decisions.size();
  for (const core::Decision& decision : effects.decisions) side.offers += decision.offered ? 1 : 0;
}

std::optional<core::Decision> decision_of(const core::Effects& effects) {
  if (effects.decisions.empty()) return std::nullopt;
  return effects.decisions.front();
}

}  // namespace

void Replay::take(LogEntry entry, UnixMillis log_time, bool is_compared) {
  ++counts_.records;
  if (!entry.record) {
    ++counts_.undecodable;
    return;
  }
  core::Record& record = *entry.record;
  if (record.is_control()) return take_control({entry.offset, std::move(record)});
  const bool duplicate = foreign_ids_.is_duplicate(record, log_time);
  const core::LoggedRecord logged{entry.offset, std::move(record)};
  Both& visitor = visitor_of(entry.key);
  if (is_compared && other_ && !visitor.other) visitor.other = visitor.own;
  if (!fold_into(visitor.own, {own_, control_, duplicate}, logged, before_)) return;
  if (before_.duplicate) ++counts_.duplicates;
  const bool is_forked = is_compared && visitor.other;
  if (is_forked && !fold_into(*visitor.other, {*other_, control_without_rules_, duplicate}, logged, after_)) return;
  if (!is_compared) return;
  ++counts_.compared;
  count(counts_.before, before_);
  add_to(hash_before_, before_);
  if (!is_forked) return;
  count(counts_.after, after_);
  add_to(hash_after_, after_);
  compare(entry.offset);
}

void Replay::begin_with(const std::vector<core::LoggedRecord>& control, Known known) {
  for (const core::LoggedRecord& entry : control) take_control(entry);
  known_ = std::move(known);
}

void Replay::pass(const LogEntry& entry, UnixMillis log_time) {
  if (entry.record) (void)foreign_ids_.is_duplicate(*entry.record, log_time);
}

Replay::Both& Replay::visitor_of(const VisitorKey& key) {
  const auto [found, is_new] = visitors_.try_emplace(key);
  if (is_new && known_) {
    if (auto known = known_(key)) found->second.own = std::move(*known);
  }
  return found->second;
}

void Replay::take_control(const core::LoggedRecord& entry) {
  control_.take(entry);
  if (!std::holds_alternative<core::RulesVersion>(entry.record.body)) control_without_rules_.take(entry);
}

bool Replay::fold_into(core::Visitor& visitor, const core::FoldContext& context, const core::LoggedRecord& logged,
                       core::Effects& effects) {
  try {
    core::fold(context, visitor, logged, effects);
    return true;
  } catch (const std::exception&) {
    ++counts_.failed;  // the server made it a dead letter
    return false;
  }
}

void Replay::compare(Offset offset) {
  auto before = decision_of(before_);
  auto after = decision_of(after_);
  if (!before && !after) return;
  if (before && after && encoded(*before) == encoded(*after)) return;
  differences_.push_back({offset, std::move(before), std::move(after)});
}

}  // namespace handrail
