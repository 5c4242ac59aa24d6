// SPDX-License-Identifier: Apache-2.0
#include "core/fold/control.h"

#include <algorithm>

#include "base/bounded.h"

namespace handrail::core {

void ControlState::take(const AgentAvailability& entry) {
  auto agent = std::find_if(agents_.begin(), agents_.end(), [&](const Agent& a) { return a.name == entry.agent; });
  if (agent == agents_.end()) {
    push_bounded(agents_, Agent{entry.agent, {}}, kAgentsMax);
    agent = agents_.end() - 1;
  }
  push_bounded(agent->entries, entry, kEntriesPerAgentMax);
}

int ControlState::agents_available(UnixMillis at) const {
  return static_cast<int>(std::count_if(agents_.begin(), agents_.end(), [&](const Agent& agent) {
    const auto newest = std::find_if(agent.entries.rbegin(), agent.entries.rend(),
                                     [&](const AgentAvailability& e) { return e.effective_at <= at; });
    return newest != agent.entries.rend() && newest->available;
  }));
}

std::vector<AgentAvailability> ControlState::entries() const {
  std::vector<AgentAvailability> all;
  for (const Agent& agent : agents_) all.insert(all.end(), agent.entries.begin(), agent.entries.end());
  return all;
}

}  // namespace handrail::core
