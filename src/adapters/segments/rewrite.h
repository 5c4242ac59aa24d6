// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>

#include "base/result.h"
#include "ports/event_log.h"

namespace handrail::segments {

// Writes a segment to which nothing is added any more anew, with zeros where records of these visitors were, and its
// index too. Blocks and offsets stay where they are. The old file is whole until the new one is durable; hard links of
// the old one keep what it held. kCorrupt where a block is damaged.
Result<void> rewrite_segment(const std::filesystem::path& segment, std::span<const Erased> visitors);

}  // namespace handrail::segments
