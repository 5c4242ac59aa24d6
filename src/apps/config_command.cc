// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "apps/commands.h"
#include "apps/program.h"
#include "config/fields.h"

namespace handrail {

int run_config(const LoadedConfig& loaded, const std::string& what, bool with_origins) {
  for (const std::string& fault : loaded.faults) fmt::print(stderr, "{}\n", fault);
  if (!loaded.faults.empty()) return kConfigInvalid;
  if (what == "reference") {
    fmt::print("{}", config_reference());
    return kOk;
  }
  if (what == "check") {
    if (auto listen = parse_listen(loaded.config.server.listen); !listen) {
      fmt::print(stderr, "{}\n", listen.error().message);
      return kConfigInvalid;
    }
    fmt::print("the configuration is sound\n");
    return kOk;
  }
  Config config = loaded.config;
  for (const ConfigField& field : fields_of(config))
    fmt::print("{}{}\n", field.toml(), with_origins ? "  # " + loaded.origins.at(field.name) : "");
  return kOk;
}

}  // namespace handrail
