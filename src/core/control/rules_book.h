// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/control/rules_stamp.h"
#include "core/event/record.h"

namespace handrail::core {

// Rules that hold, with their weights as a table.
struct RulesInForce {
  RulesStamp stamp;
  const Rules& rules;
  const Weights& weights;
};

// The rules of every site, by log time.
class RulesBook {
 public:
  static constexpr std::string_view kConfiguration = "";  // as a site's name: where the configuration's rules are kept
  static constexpr std::size_t kVersionsMax = 64;         // of a site; the oldest goes

  struct Version {
    LoggedRecord entry;
    Weights weights;
    const RulesVersion& published() const { return std::get<RulesVersion>(entry.record.body); }
  };

  void take(const LoggedRecord& entry);  // one that holds a RulesVersion; in any order
  // The site's newest version that had taken effect by then, else the configuration's, whose first one holds from the
  // beginning. Nothing: no entry tells of either.
  std::optional<RulesInForce> at(std::string_view site, UnixMillis at) const;
  const std::vector<Version>& versions(std::string_view site) const;  // ascending
  std::optional<RulesVersion> version(std::string_view site, std::uint64_t version) const;
  std::optional<RulesVersion> draft(std::string_view site) const;
  std::vector<LoggedRecord> entries() const;

 private:
  struct SiteRules {
    std::vector<Version> versions;
    std::optional<LoggedRecord> draft;  // the newest entry about it, also that it was dropped
  };
  const SiteRules* find(std::string_view site) const;
  const Version* in_force(std::string_view site, UnixMillis at) const;

  std::map<std::string, SiteRules, std::less<>> sites_;
};

}  // namespace handrail::core
