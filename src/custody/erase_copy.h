// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "adapters/common/table_state_store.h"

namespace handrail::custody {

using OpenState = std::function<Result<std::unique_ptr<TableStateStore>>(const std::filesystem::path& state)>;

// Takes visitors out of a log and a state that no server uses. Where there is no log, nothing.
Result<void> erase_from_log(const std::filesystem::path& log, std::span<const ErasedVisitor> visitors);
Result<void> erase_from_state(const OpenState& open, const std::filesystem::path& state,
                              std::span<const ErasedVisitor> visitors);

}  // namespace handrail::custody
