// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace handrail {

// A configuration with where each value came from, and everything that is wrong with it.
struct LoadedConfig {
  Config config;
  std::map<std::string, std::string>
      origins;                      // "policy.qualify_risk" -> "handrail.toml:12", "environment", "flag", "default"
  std::vector<std::string> faults;  // all of them, for people
};

struct ConfigSources {
  std::optional<std::filesystem::path> file;                                  // must exist when given
  std::function<std::optional<std::string>(const std::string&)> environment;  // by name
  std::vector<std::pair<std::string, std::string>> flags;                     // field name, value
};

// Defaults, then the file, then the environment, then flags. Unknown keys are faults that name the nearest one.
LoadedConfig load_config(const ConfigSources& sources);

// The documentation of every field as Markdown, for docs/configuration.md.
std::string config_reference();

}  // namespace handrail
