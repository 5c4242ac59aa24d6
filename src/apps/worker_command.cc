// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <csignal>
#include <thread>

#include "adapters/kafka/kafka_consumer.h"
#include "apps/cloud_engine.h"
#include "apps/commands.h"
#include "apps/end_signals.h"
#include "apps/gateway_options.h"
#include "apps/onlookers.h"
#include "apps/program.h"
#include "base/repeating.h"
#include "base/thread.h"
#include "cluster/partition_progress.h"
#include "gateway/problem.h"
#include "gateway/server.h"
#include "telemetry/log.h"
#include "telemetry/stages.h"

namespace handrail {
namespace {

constexpr std::chrono::milliseconds kPollWait{100};
constexpr std::chrono::seconds kSweepEvery{5};
constexpr std::int64_t kCommitEveryMicros = 1'000'000;
constexpr Millis kPauseLeast = 50;
constexpr Millis kPauseMax = 5 * kSecond;

// The loop of a member of the consumer group.
class KafkaWorker {
 public:
  using Delivery = kafka::KafkaConsumer::Delivery;

  KafkaWorker(kafka::KafkaConsumer& consumer, BatchFolder& folder, const Clock& clock)
      : consumer_(consumer), folder_(folder), clock_(clock) {}

  void run(const std::stop_token& stop) {
    name_this_thread("fold");
    std::int64_t committed_at = clock_.monotonic_micros();
    while (!stop.stop_requested()) {
      std::vector<Delivery> deliveries = consumer_.poll(kPollWait);
      if (!deliveries.empty()) fold(std::move(deliveries));
      if (clock_.monotonic_micros() - committed_at < kCommitEveryMicros) continue;
      consumer_.commit();
      committed_at = clock_.monotonic_micros();
    }
    consumer_.leave();
  }

  bool is_failing() const { return is_failing_; }

 private:
  // What fails comes again, with all of its partition behind it; what is done of that by then changes nothing.
  void fold(std::vector<Delivery> deliveries) {
    std::vector<StreamBlock> blocks;
    std::vector<PartitionPlace> places;
    for (Delivery& delivery : deliveries) {
      blocks.push_back(std::move(delivery.block));
      places.push_back({delivery.partition, delivery.offset});
    }
    const PartitionProgress progress = progress_of(places, folder_.fold(blocks));
    for (const auto& [partition, next] : progress.next) consumer_.done(partition, next);
    std::vector<Delivery> undone;
    for (const std::size_t i : progress.undone)
      undone.push_back({places[i].partition, places[i].offset, std::move(blocks[i])});
    is_failing_ = !undone.empty();
    pause_ = undone.empty() ? kPauseLeast : std::min(kPauseMax, 2 * pause_);
    if (undone.empty()) return;
    consumer_.hold(std::move(undone));
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_));
  }

  kafka::KafkaConsumer& consumer_;
  BatchFolder& folder_;
  const Clock& clock_;
  Millis pause_ = kPauseLeast;
  std::atomic<bool> is_failing_{false};
};

void publish_metrics(telemetry::Metrics& metrics, const kafka::KafkaConsumer& consumer, const BatchFolder& folder) {
  const auto count = [&](const char* name, const char* help, const std::atomic<std::uint64_t>& value) {
    metrics.counter(name, help, [&value] { return static_cast<double>(value.load()); });
  };
  count("handrail_records_folded_total", "Records folded", folder.counters().folded);
  count("handrail_shared_messages_total", "Messages folded and written", folder.counters().blocks);
  count("handrail_shared_repeated_messages_total", "Messages that had been folded before, and changed nothing",
        folder.counters().repeated_blocks);
  count("handrail_shared_conflicts_total", "Visitors that another worker wrote meanwhile, folded again",
        folder.counters().conflicts);
  count("handrail_shared_failed_messages_total", "Messages that were not folded, and are delivered again",
        folder.counters().failed_blocks);
  count("handrail_shared_offers_total", "Offers made", folder.counters().offers);
  count("handrail_shared_dead_letters_total", "Records that could not be folded, kept as dead letters",
        folder.counters().dead_letters);
  count("handrail_kafka_consumed_messages_total", "Messages that came", consumer.counters().messages);
  count("handrail_kafka_consumed_bytes_total", "Their bytes", consumer.counters().bytes);
  count("handrail_kafka_rebalances_total", "Times that partitions came or went", consumer.counters().rebalances);
  count("handrail_kafka_lost_partitions_total", "Partitions that went before their last commit",
        consumer.counters().lost_partitions);
  metrics.gauge("handrail_kafka_partitions", "Partitions that this worker has",
                [&consumer] { return static_cast<double>(consumer.partitions()); });
  metrics.gauge("handrail_kafka_lag_messages", "Messages of its partitions that are not folded yet",
                [&consumer] { return static_cast<double>(consumer.lag()); });
}

gateway::HttpResponse answered(const gateway::HttpRequest& request, telemetry::Metrics& metrics, bool is_ready) {
  if (request.path == "/livez") return {200, "text/plain", "ok\n", {}};
  if (request.path == "/metrics") return {200, "text/plain; version=0.0.4", metrics.render(), {}};
  if (request.path != "/readyz") return gateway::problem(404, "no_such_route", "a worker serves its state only");
  if (!is_ready) return gateway::problem(503, "engine_fault", "what came is not folded; the worker's log says why");
  return {200, "text/plain", "ready\n", {}};
}

}  // namespace

int run_worker(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  EndSignals signals;
  if (config.stream.kind != "kafka")
    return failed({ErrorCode::kInvalidArgument,
                   "worker: stream.kind must be kafka; Kinesis is consumed by `lambda` or `worker --kcl`",
                   "stream.kind",
                   {}});
  auto listen = parse_listen(config.server.listen);
  if (!listen) return failed(listen.error());
  const SystemClock clock;
  telemetry::Metrics metrics;
  auto cloud = Cloud::make(config, clock);
  if (!cloud) return failed(cloud.error());
  if (auto opened = (*cloud)->open_lists(); !opened) return failed(opened.error());
  if (auto isolated = (*cloud)->check_isolation(); !isolated) return failed(isolated.error());
  auto side = configured_side(**cloud, config, clock, [&signals](const Error& why) { signals.fail(why); });
  if (!side) return failed(side.error());
  auto connection = kafka_connection(config);
  if (!connection) return failed(connection.error());
  kafka::KafkaConsumerOptions options;
  options.topic = config.kafka.events_topic;
  options.group = config.kafka.group;
  options.session = config.kafka.session_ms;
  options.heartbeat = std::max<Millis>(100, config.kafka.session_ms / 6);
  auto consumer = kafka::KafkaConsumer::open(*connection, std::move(options));
  if (!consumer) return failed(consumer.error());

  auto onlookers = Onlookers::make(config, (*side)->sink(), clock, metrics);
  if (!onlookers) return failed(onlookers.error());
  CloudEngine engine(config, **cloud, **side, clock, (*onlookers)->watch());
  KafkaWorker worker(**consumer, engine.folder(), clock);
  telemetry::publish_thread_cpu(metrics);
  (*side)->publish_metrics(metrics);
  publish_metrics(metrics, **consumer, engine.folder());
  gateway::ServerOptions served;
  served.address = listen->address;
  served.port = listen->port;
  gateway::Server server(
      served,
      [&](const gateway::HttpRequest& request, const std::shared_ptr<gateway::Exchange>& exchange) {
        exchange->respond(answered(request, metrics, !worker.is_failing()));
      },
      clock, metrics);
  if (auto started = server.start(); !started) return failed(started.error());
  (*onlookers)->start();
  std::jthread folding([&](const std::stop_token& stop) { worker.run(stop); });
  Repeating sweeps;
  sweeps.start("sweep", kSweepEvery, [&] {
    if (auto appended = engine.timers().append(); !appended)
      telemetry::log_warning("deadlines are looked for again later: " + appended.error().message);
  });
  fmt::print("handrail {} folds {} as one of the group {}; its state is on http://{}:{}/metrics\n", kVersion,
             (*side)->name(), config.kafka.group, listen->in_url(), server.port());
  const auto failure = signals.wait();
  sweeps.stop();
  folding.request_stop();
  folding.join();
  (*onlookers)->stop();
  (*side)->stop();
  server.stop(0);
  return failure ? exit_code_of(*failure) : kOk;
}

}  // namespace handrail
