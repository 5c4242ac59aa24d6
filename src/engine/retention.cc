// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <future>

#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr std::size_t kVisitorsAtOnce = 1000;
constexpr auto kAppendPatience = std::chrono::seconds(30);

}  // namespace

Retention::Retention(Ports ports, RetentionOptions options, telemetry::Metrics& metrics)
    : ports_(ports),
      options_(options),
      forgotten_(
          metrics.counter("handrail_retention_visitors_total",
                          "Visitors forgotten because they were not seen for as long as their site keeps them")) {}

void Retention::start() {
  rounds_.start("retention", options_.every, [this] {
    if (const auto done = run(); !done)
      telemetry::log_error("who was not seen for long was not forgotten, and is tried again: " + done.error().message);
  });
}

// As the first partition saw the sites at its checkpoint.
Result<Retention::Days> Retention::days_of_sites() {
  auto entries = ports_.store.control({0, options_.partitions});
  if (!entries) return pass_on(entries);
  Days days;
  for (const core::LoggedRecord& entry : *entries) {
    if (const auto* site = std::get_if<core::Site>(&entry.record.body)) days[site->id] = site->retention_days;
  }
  return days;
}

Result<std::size_t> Retention::run() {
  auto days = days_of_sites();
  if (!days) return pass_on(days);
  const UnixMillis now = ports_.clock.now() / 1000;
  std::size_t count = 0;
  for (VisitorKey after;;) {
    auto visitors = ports_.store.seen_visitors(after, kVisitorsAtOnce);
    if (!visitors) return pass_on(visitors);
    std::vector<core::Record> records;
    for (SeenVisitor& visitor : *visitors) {
      after = visitor.key;
      const auto own = days->find(visitor.site);
      const bool has_own = own != days->end() && own->second > 0;
      const std::int64_t kept = has_own ? own->second : options_.days;
      const UnixMillis since = now - kept * kDay;
      if (kept == 0 || visitor.seen_at >= since) continue;
      records.push_back({std::move(visitor.site), std::move(visitor.id), ports_.clock.now(), 0, core::Erasure{since}});
    }
    count += records.size();
    forgotten_.add(static_cast<double>(records.size()));
    if (!records.empty()) {
      if (auto done = append(std::move(records)); !done) return pass_on(done);
    }
    if (visitors->size() < kVisitorsAtOnce) return count;
  }
}

Result<void> Retention::append(std::vector<core::Record> records) {
  auto done = std::make_shared<std::promise<Result<Receipt>>>();
  auto durable = done->get_future();
  ports_.log.append(std::move(records), [done](Result<Receipt> receipt) { done->set_value(std::move(receipt)); });
  if (durable.wait_for(kAppendPatience) != std::future_status::ready)
    return fail(ErrorCode::kTimeout, "the log does not answer");
  if (auto receipt = durable.get(); !receipt) return pass_on(receipt);
  return {};
}

}  // namespace handrail
