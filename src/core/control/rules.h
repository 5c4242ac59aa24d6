// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/analysis/analyst_rules.h"
#include "core/decision/policy.h"
#include "core/signals/catalogue.h"

namespace handrail::core {

// What the site wants its visitors to achieve, and the steps to it in their order.
struct DeclaredGoal {
  static constexpr std::size_t kStepsMax = 32;

  std::string name;                // a goal fact's name, and its steps' funnel
  std::vector<std::string> steps;  // may be empty

  bool operator==(const DeclaredGoal&) const = default;
};
template <class A>
void fields(A& a, DeclaredGoal& g) {
  a(g.name, g.steps);
}

// What happens to a property of events before anything is kept of it.
enum class FieldAction : std::uint8_t { kDrop, kHash };
constexpr std::uint64_t enum_end(FieldAction) { return 2; }

struct FieldRule {
  std::string path;  // members' names with dots between them: "address.street"; of eventData and of the context
  FieldAction action = FieldAction::kDrop;
};
template <class A>
void fields(A& a, FieldRule& r) {
  a(r.path, r.action);
}

struct PrivacyRules {
  static constexpr std::size_t kFieldsMax = 64;

  bool needs_consent = false;  // help only for visitors who agreed; false: for all who did not refuse
  bool heeds_gpc = true;       // a browser that says Sec-GPC or DNT refuses training, unless the visitor agreed
  std::vector<FieldRule> fields;
};
template <class A>
void fields(A& a, PrivacyRules& p) {
  a(p.needs_consent, p.heeds_gpc, p.fields);
}

// What the script does on the site's pages, wherever its tag stands.
struct PageRules {
  bool autocapture = true;         // false: only what the page's code reports
  std::int64_t sample = 100;       // percent of visitors that are watched, drawn once; the script ends on others' pages
  std::int64_t flush_ms = 1000;    // facts wait this long for others
  std::int64_t batch_events = 20;  // or until there are so many
  std::int64_t batch_bytes = 16 << 10;

  bool operator==(const PageRules&) const = default;
};
template <class A>
void fields(A& a, PageRules& p) {
  a(p.autocapture, p.sample, p.flush_ms, p.batch_events, p.batch_bytes);
}

// How one site watches and helps, as a whole.
struct Rules {
  static constexpr std::size_t kGoalsMax = 16;

  Policy policy;
  std::vector<WeightOverride> weights;
  std::vector<DeclaredGoal> goals;  // none: any goal fact counts
  PrivacyRules privacy;
  PageRules page;
  AnalystRules analyst;
};
template <class A>
void fields(A& a, Rules& r) {
  a(r.policy, r.weights, r.goals, r.privacy, r.page);
  if (a.since(7)) a(r.analyst);
}

// Rules as they were published, or as the site's draft, or of no site: as the configuration says them for those that
// publish none. An entry of the control log.
struct RulesVersion {
  std::uint64_t version = 0;  // 0: the draft; from 1 on without a gap
  UnixMillis effective_at = 0;
  std::string author;
  std::string note;
  bool is_dropped = false;  // a draft that there is no more
  Rules rules;
};
template <class A>
void fields(A& a, RulesVersion& v) {
  a(v.version, v.effective_at, v.author, v.note, v.is_dropped, v.rules);
}

}  // namespace handrail::core
