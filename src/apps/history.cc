// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <map>

#include "apps/commands.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "gateway/codec/intake.h"
#include "simulate/population.h"

// Days of simulated visits as a log that a server, or training, begins with: visitors with hidden intent, whose
// journeys end with the goal or without.
namespace handrail {
namespace {

// A clock that stands where the history is written.
class HistoryClock final : public Clock {
 public:
  UnixMicros now() const override { return now_; }
  std::int64_t monotonic_micros() const override { return now_; }
  void set(UnixMicros now) { now_ = now; }

 private:
  std::atomic<UnixMicros> now_{0};
};

struct Letter {
  UnixMillis at = 0;  // when it reached us
  simulate::Batch batch;
  UnixMillis epoch = 0;  // of its visit's logical times
};

// A visit keeps its own pace; visits are spread over the span, each visitor's in their order.
class Spread {
 public:
  Spread(UnixMillis begins, double stretch) : begins_(begins), stretch_(stretch) {}

  UnixMillis epoch_of(const simulate::Batch& batch) {
    const auto visit = std::pair(batch.visitor, batch.events.front().tab);
    const auto [known, is_new] = epochs_.try_emplace(visit, 0);
    if (is_new) {
      const auto moved = static_cast<Millis>(static_cast<double>(batch.send_at) * (stretch_ - 1));
      known->second = begins_ + moved;
    }
    return known->second;
  }

 private:
  const UnixMillis begins_;
  const double stretch_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, UnixMillis> epochs_;
};

std::vector<Letter> letters_of(simulate::Population& population, UnixMillis begins, double stretch) {
  std::vector<Letter> letters;
  simulate::Batches batches(population, 20);
  Spread spread(begins, stretch);
  while (auto batch = batches.next()) {
    const UnixMillis epoch = spread.epoch_of(*batch);
    letters.push_back({epoch + batch->send_at, std::move(*batch), epoch});
  }
  std::ranges::stable_sort(letters, {}, &Letter::at);
  return letters;
}

Result<std::vector<core::Record>> records_of(const Letter& letter, simulate::Population& population) {
  const simulate::Visitor& visitor = population.visitor(letter.batch.visitor);
  std::string body = simulate::body_of(letter.batch, visitor, letter.epoch);
  const auto arrival = gateway::arrival_of(visitor.user_agent(), letter.at * 1000);
  auto intake = gateway::read_sdk_batch(body, arrival, {});
  if (!intake) return pass_on(intake);
  return std::move(intake->records);
}

Result<void> append(segments::SegmentsLog& log, std::vector<core::Record> records) {
  std::promise<Result<void>> done;
  log.append(std::move(records), [&](const Result<Receipt>& receipt) {
    done.set_value(receipt ? Result<void>() : Result<void>(pass_on(receipt)));
  });
  return done.get_future().get();
}

}  // namespace

int run_history(const LoadedConfig& loaded, const SimulateFlags& flags) {
  const std::filesystem::path data = loaded.config.data;
  if (std::filesystem::exists(data / "log"))
    return failed(
        {ErrorCode::kConflict,
         (data / "log").string() + " holds data already; a history is written into a folder of its own: --data"});
  const std::uint32_t at_once = simulate::Population::visitors_at_once(flags.events_per_second);
  const std::uint32_t visitors = flags.visitors > 0 ? static_cast<std::uint32_t>(flags.visitors) : at_once * 12;
  if (visitors < at_once)
    return failed({ErrorCode::kInvalidArgument, fmt::format("--visitors must be {} or more for that rate", at_once)});
  const Millis duration = flags.duration_s * kSecond;
  const Millis span = flags.history_days * kDay;
  if (span < duration) return failed({ErrorCode::kInvalidArgument, "--history must be longer than --duration"});
  simulate::Population population({visitors, flags.events_per_second, duration, flags.seed});
  const UnixMillis begins = SystemClock().now() / 1000 - span - kHour;
  Progress progress("simulating");
  progress.at(0, "visits");
  const auto letters = letters_of(population, begins, static_cast<double>(span) / static_cast<double>(duration));

  HistoryClock clock;
  clock.set(begins * 1000);
  std::filesystem::create_directories(data);
  segments::LogOptions options = log_options(loaded.config);
  options.is_relaxed = true;  // whoever loses it makes it again
  options.retention = 10 * 365 * kDay;
  auto log = segments::SegmentsLog::open(options, clock);
  if (!log) return failed(log.error());
  std::uint64_t events = 0;
  for (std::size_t i = 0; i < letters.size();) {
    std::vector<core::Record> records;
    const UnixMillis at = letters[i].at;
    for (; i < letters.size() && letters[i].at / kMinute == at / kMinute; ++i) {
      auto more = records_of(letters[i], population);
      if (!more) return failed(more.error());
      std::ranges::move(*more, std::back_inserter(records));
    }
    events += records.size();
    clock.set(letters[i - 1].at * 1000);
    if (!records.empty()) {
      if (auto kept = append(**log, std::move(records)); !kept) return failed(kept.error());
    }
    progress.at(static_cast<double>(i) / static_cast<double>(letters.size()), fmt::format("{} events", events));
  }
  (*log)->stop();
  progress.finish();
  fmt::print("{} events of {} visitors in {} days, in {}\n`handrail train --data {}` learns from them\n", events,
             visitors, flags.history_days, (data / "log").string(), data.string());
  return kOk;
}

}  // namespace handrail
