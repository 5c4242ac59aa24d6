// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/aws/credentials.h"

namespace handrail::test {

// An environment with other credentials each time that they are looked for: "ID1", "ID2" ... `looked` counts, and
// outlives them.
inline aws::Surroundings numbered_keys(int& looked) {
  return {[&looked](const std::string& name) -> std::optional<std::string> {
            if (name == "AWS_ACCESS_KEY_ID") return "ID" + std::to_string(++looked);
            if (name == "AWS_SECRET_ACCESS_KEY") return "secret";
            return std::nullopt;
          },
          "/nowhere"};
}

}  // namespace handrail::test
