// SPDX-License-Identifier: Apache-2.0
#include "core/event/foreign_ids.h"

namespace handrail::core {

bool ForeignIds::is_duplicate(const Record& record, UnixMillis log_time) {
  const auto id = foreign_id(record);
  if (!id) return false;
  const UnixMillis since = record.received_at / 1000 - kDay;
  auto [known, is_new] = seen_.try_emplace(*id, log_time);
  const bool duplicate = !is_new && known->second >= since;
  known->second = log_time;
  if (log_time - forgotten_before_ > 2 * kDay) {
    forgotten_before_ = log_time - kDay;
    std::erase_if(seen_, [&](const auto& item) { return item.second < forgotten_before_ - kHour; });
  }
  return duplicate;
}

}  // namespace handrail::core
