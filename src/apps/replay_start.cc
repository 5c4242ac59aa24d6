// SPDX-License-Identifier: Apache-2.0
#include "apps/replay_start.h"

#include <algorithm>
#include <filesystem>

#include "adapters/segments/log_history.h"
#include "apps/program.h"
#include "base/utc.h"
#include "custody/copies.h"

namespace handrail {
namespace {

Result<ReplayStart> start_at(const std::filesystem::path& snapshot, const Config& config) {
  RocksdbOptions options = state_options(config, snapshot / "state");
  options.is_read_only = true;
  auto tables = open_rocksdb_tables(options);
  if (!tables) return pass_on(tables);
  auto state = TableStateStore::open(std::move(*tables));
  if (!state) return pass_on(state);
  auto point = (*state)->starting_point();
  if (!point) return pass_on(point);
  return ReplayStart{snapshot.filename().string(), std::move(*state), std::move(*point)};
}

}  // namespace

Result<Border> parse_border(const std::string& name, const std::string& text) {
  if (text.empty()) return Border{};
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) && text.size() < 19)
    return Border{std::stoull(text), std::nullopt};
  if (const auto time = parse_utc(text)) return Border{std::nullopt, time};
  return fail(ErrorCode::kInvalidArgument,
              name + ": must be an offset or a time such as 2026-05-04T09:30:00Z, not \"" + text + "\"");
}

Result<std::optional<ReplayStart>> choose_start(const std::string& from_text, const Config& config) {
  const std::filesystem::path data = config.data;
  auto from = parse_border("--from", from_text);
  if (!from) return pass_on(from);
  auto history = segments::LogHistory::open(data / "log");
  if (!history) return pass_on(history);
  const std::vector<std::filesystem::path> all = custody::copies_in(data / "snapshots");  // newest first
  std::optional<std::filesystem::path> chosen;
  for (const std::filesystem::path& snapshot : all) {
    auto manifest = custody::read_manifest(snapshot);
    if (!manifest || manifest->next < history->begin()) continue;
    const bool is_before =
        (from->offset && manifest->next <= *from->offset) || (from->time && manifest->at <= *from->time);
    if (is_before) {
      chosen = snapshot;
      break;
    }
    if (from_text.empty() && history->begin() > 0) chosen = snapshot;  // the last that is looked at is the oldest
  }
  if (!chosen) return std::optional<ReplayStart>{};
  auto start = start_at(*chosen, config);
  if (!start) return pass_on(start);
  return std::optional<ReplayStart>(std::move(*start));
}

}  // namespace handrail
