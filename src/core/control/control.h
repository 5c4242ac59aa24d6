// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/control/models_book.h"
#include "core/control/rules_book.h"
#include "core/event/record.h"

namespace handrail::core {

// What holds for all visitors: who is available at the desk and which rules hold, by log time, and which sites and
// credentials there are.
// Entries that the fold asks for take effect at a log time at least 2 s after they were written, so every partition has
// seen an entry before a record that it applies to. The log forgets, so this is kept whole: the newest of each.
class ControlState {
 public:
  static constexpr Millis kLeadTime = 2 * kSecond;
  static constexpr std::size_t kAgentsMax = 1024;  // the one that came first goes
  static constexpr std::size_t kEntriesPerAgentMax = 64;
  static constexpr std::size_t kSitesMax = 1000;  // more are not taken
  static constexpr std::size_t kCredentialsMax =
      10'000;  // of those beyond it the longest revoked go, or it is not taken

  void take(const LoggedRecord& entry);  // in log order
  int agents_available(std::string_view site, UnixMillis at) const;
  const RulesBook& rules() const { return rules_; }
  const ModelsBook& models() const { return models_; }
  std::vector<LoggedRecord> entries() const;  // all that is held, in an order that take() reproduces

 private:
  struct Agent {
    std::string site;
    std::string name;
    std::vector<LoggedRecord> entries;
  };
  void take_availability(const LoggedRecord& entry);
  void take_site(const LoggedRecord& entry);
  void take_credential(const LoggedRecord& entry);

  std::vector<Agent> agents_;
  std::vector<LoggedRecord> sites_;        // newest of each
  std::vector<LoggedRecord> credentials_;  // newest of each
  RulesBook rules_;
  ModelsBook models_;
};

}  // namespace handrail::core
