// SPDX-License-Identifier: Apache-2.0
#include "cluster/due_timers.h"

#include <algorithm>
#include <future>

namespace handrail {

Result<void> append_and_wait(RecordSink& sink, std::vector<core::Record> records, std::chrono::milliseconds patience) {
  auto done = std::make_shared<std::promise<Result<Receipt>>>();
  auto durable = done->get_future();
  sink.append(std::move(records), [done](Result<Receipt> receipt) { done->set_value(std::move(receipt)); });
  if (durable.wait_for(patience) != std::future_status::ready)
    return fail(ErrorCode::kTimeout, "the stream does not answer");
  if (auto receipt = durable.get(); !receipt) return pass_on(receipt);
  return {};
}

Result<std::size_t> DueTimers::append() {
  const UnixMillis now = ports_.clock.now() / 1000;
  std::erase_if(appended_, [&](const auto& known) { return known.second + options_.patience <= now; });
  auto rows = ports_.state.due(now, options_.at_once);
  if (!rows) return pass_on(rows);
  std::erase_if(*rows, [&](const TimerRow& row) { return appended_.contains(row); });
  std::vector<VisitorKey> keys;
  for (const TimerRow& row : *rows) keys.push_back(row.visitor);
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  auto visitors = ports_.state.load(keys);
  if (!visitors) return pass_on(visitors);
  std::vector<core::Record> records;
  std::vector<TimerRow> due_now;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const core::Visitor& visitor = (*visitors)[i].visitor;
    const auto due = core::next_due(visitor);
    if (!due || *due > now) continue;
    // Log time is the due time, so that the moment at which it was noticed leaves no trace.
    records.push_back({visitor.site, visitor.id, *due * 1000, 0, core::TimerFired{}});
    due_now.push_back({*due, keys[i]});
  }
  if (records.empty()) return 0;
  if (auto done = append_and_wait(ports_.sink, std::move(records), options_.append_patience); !done)
    return pass_on(done);
  for (const TimerRow& row : due_now) appended_.emplace(row, now);
  return due_now.size();
}

}  // namespace handrail
