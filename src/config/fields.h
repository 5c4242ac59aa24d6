// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace handrail {

// One thing that can be set: its name in handrail.toml, bounds and help, bound to a Config.
struct ConfigField {
  std::string name;  // "policy.qualify_risk"; environment HANDRAIL_POLICY__QUALIFY_RISK; flag --policy.qualify_risk
  std::variant<std::int64_t*, bool*, std::string*> value;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::string help;
  bool is_secret = false;  // may hold a password: never shown

  std::string toml() const;  // "name = value"; of a secret only whether there is one
  std::string text() const;
  std::string environment_name() const;
  // Takes a value as text; the error names field, bounds and what was given.
  Result<void> set(std::string_view text) const;
};

// The table: every field there is, in the order of the file.
std::vector<ConfigField> fields_of(Config& config);

}  // namespace handrail
