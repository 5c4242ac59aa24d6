// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/event/record.h"

namespace handrail::core {

// What holds for all visitors, by log time: who is available at the desk. Entries take effect at a log time at least
// 2 s after they were written, so every partition has seen an entry before a record that it applies to.
class ControlState {
 public:
  static constexpr Millis kLeadTime = 2 * kSecond;
  static constexpr std::size_t kAgentsMax = 256;
  static constexpr std::size_t kEntriesPerAgentMax = 64;

  void take(const AgentAvailability& entry);  // in log order
  int agents_available(UnixMillis at) const;
  std::vector<AgentAvailability> entries() const;  // all that is held, in an order that take() reproduces

 private:
  struct Agent {
    std::string name;
    std::vector<AgentAvailability> entries;
  };
  std::vector<Agent> agents_;
};

}  // namespace handrail::core
