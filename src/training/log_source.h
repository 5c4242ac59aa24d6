// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <filesystem>

#include "adapters/segments/log_history.h"
#include "core/event/foreign_ids.h"
#include "training/event_source.h"

namespace handrail::training {

// The log of a data folder, as a server may be writing it. Events that came twice are left out, as they were live.
class LogSource final : public EventSource {
 public:
  // kNotFound: the folder holds no log. A site's name: of that one alone; empty: of all.
  static Result<LogSource> open(const std::filesystem::path& data, std::string site);

  Result<std::optional<SourceEvent>> next() override;
  Result<void> rewind() override;
  double share_read() const override { return history_.share_read(); }
  std::uint64_t undecodable() const { return undecodable_; }

 private:
  LogSource(std::filesystem::path log, std::string site, segments::LogHistory history)
      : log_(std::move(log)), site_(std::move(site)), history_(std::move(history)) {}
  bool is_wanted(const core::Record& record) const {
    return site_.empty() || record.site == site_ || record.is_control();
  }

  std::filesystem::path log_;
  std::string site_;
  segments::LogHistory history_;
  core::ForeignIds foreign_ids_;
  std::deque<LogEntry> block_;
  UnixMillis block_time_ = 0;
  std::uint64_t undecodable_ = 0;
};

}  // namespace handrail::training
