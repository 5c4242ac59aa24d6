// SPDX-License-Identifier: Apache-2.0
#include "training/log_source.h"

namespace handrail::training {

Result<LogSource> LogSource::open(const std::filesystem::path& data, std::string site) {
  const std::filesystem::path log = data / "log";
  auto history = segments::LogHistory::open(log);
  if (!history) return pass_on(history);
  return LogSource(log, std::move(site), std::move(*history));
}

Result<void> LogSource::rewind() {
  auto again = segments::LogHistory::open(log_);
  if (!again) return pass_on(again);
  history_ = std::move(*again);
  foreign_ids_ = {};
  block_.clear();
  undecodable_ = 0;
  return {};
}

Result<std::optional<SourceEvent>> LogSource::next() {
  while (true) {
    while (!block_.empty()) {
      LogEntry entry = std::move(block_.front());
      block_.pop_front();
      if (!entry.record) {
        ++undecodable_;
        continue;
      }
      if (!is_wanted(*entry.record)) continue;
      if (foreign_ids_.is_duplicate(*entry.record, block_time_)) continue;
      SourceEvent event;
      event.logged = {entry.offset, std::move(*entry.record)};
      return std::optional(std::move(event));
    }
    auto block = history_.next();
    if (!block) return pass_on(block);
    if (!*block) return std::optional<SourceEvent>();
    block_time_ = (*block)->log_time;
    block_.assign(std::make_move_iterator((*block)->entries.begin()), std::make_move_iterator((*block)->entries.end()));
  }
}

}  // namespace handrail::training
