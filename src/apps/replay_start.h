// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/common/table_state_store.h"
#include "config/config.h"

// Where a replay begins: a border of its span, and the snapshot before it.
namespace handrail {

// An offset, or a time in UTC.
struct Border {
  std::optional<Offset> offset;
  std::optional<UnixMillis> time;
  bool is_reached(Offset at, UnixMillis log_time) const {
    return (offset && at >= *offset) || (time && log_time >= *time);
  }
};
Result<Border> parse_border(const std::string& name, const std::string& text);

// A snapshot of the state, with which a replay begins.
struct ReplayStart {
  std::string name;
  std::unique_ptr<TableStateStore> state;
  StartingPoint point;
};

// The newest snapshot from before the span that was asked for. Without a span: where the log's beginning is gone, the
// oldest snapshot there is.
Result<std::optional<ReplayStart>> choose_start(const std::string& from_text, const Config& config);

}  // namespace handrail
