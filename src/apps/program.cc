// SPDX-License-Identifier: Apache-2.0
#include "apps/program.h"

#include <filesystem>

#include "adapters/common/table_state_store.h"
#include "adapters/rocksdb/rocksdb_tables.h"
#include "apps/assets.h"
#include "config/fields.h"
#include "gateway/rules_document.h"
#include "moving/embedded_target.h"
#include "telemetry/log.h"
#include "telemetry/stages.h"

namespace handrail {
namespace {

constexpr std::size_t kDeadLettersCounted = 100'000;

EngineOptions engine_options(const ProgramOptions& options) {
  const Config& config = options.config;
  EngineOptions o;
  if (options.on_fatal) o.on_fatal = options.on_fatal;
  o.partitions = static_cast<std::uint32_t>(config.engine.partitions);
  o.niceness = static_cast<int>(config.engine.niceness);
  o.checkpoint_every = config.state.checkpoint_ms;
  o.sync_every = config.state.sync_ms;
  o.worker.rules.policy = gateway::policy_of(config.policy);
  o.worker.engine_version = kVersion;
  o.worker.visitors_in_memory = {static_cast<std::size_t>(config.state.visitors_open),
                                 static_cast<std::size_t>(config.state.visitors_in_memory)};
  return o;
}

// The share of the data folder's file system that is free.
double disk_free_ratio(const std::filesystem::path& data) {
  std::error_code ec;
  const auto space = std::filesystem::space(data, ec);
  return ec || space.capacity == 0 ? 0 : static_cast<double>(space.available) / static_cast<double>(space.capacity);
}

void publish_log_metrics(telemetry::Metrics& metrics, const segments::SegmentsLog& log) {
  using segments::LogCounters;
  const auto read = [&log](std::uint64_t LogCounters::*counter) {
    return [&log, counter] { return static_cast<double>(log.counters().*counter); };
  };
  metrics.counter("handrail_log_records_total", "Records written", read(&LogCounters::records));
  metrics.counter("handrail_log_bytes_total", "Bytes written", read(&LogCounters::bytes));
  metrics.counter("handrail_log_refused_total", "Appends refused: too much waits, no space, closing",
                  read(&LogCounters::refused));
  metrics.gauge("handrail_log_segments", "Segment files", read(&LogCounters::segments));
  metrics.gauge("handrail_stream_append_offset", "The offset that the next record will get",
                [&log] { return static_cast<double>(log.end()); });
}

void count_commits(telemetry::Metrics& metrics, segments::LogOptions& options) {
  const auto records = metrics.histogram("handrail_commit_batch_events",
                                         "Records of a block, which one sync made durable", telemetry::count_buckets());
  const auto seconds =
      metrics.histogram("handrail_commit_fsync_seconds", "fdatasync of a block", telemetry::latency_buckets());
  options.on_encoded = [encode = telemetry::stage_seconds(metrics, "encode")](std::int64_t micros) {
    encode.add(static_cast<double>(micros) / 1e6);
  };
  options.on_commit = [records, seconds](std::uint32_t count, std::int64_t sync_micros) {
    records.observe(count);
    seconds.observe(static_cast<double>(sync_micros) / 1e6);
  };
}

// Dead letters kept by earlier runs, and those of this one.
Result<void> publish_dead_letters(telemetry::Metrics& metrics, StateReader& reader, const Engine& engine) {
  auto kept = reader.dead_letters(kDeadLettersCounted);
  if (!kept) return pass_on(kept);
  metrics.gauge("handrail_dlq_depth", "Records that could not be folded, kept as dead letters",
                [before = kept->size(), &engine] { return static_cast<double>(before + engine.dead_letters()); });
  return {};
}

custody::CopiesOptions copies_options(const Config& config) {
  const std::filesystem::path data = config.data;
  custody::CopiesOptions o;
  o.backups = config.backup.folder.empty() ? data / "backups" : std::filesystem::path(config.backup.folder);
  o.snapshots = data / "snapshots";
  o.backups_kept = static_cast<std::size_t>(config.backup.keep);
  o.snapshot_every = config.backup.snapshot_hours * kHour;
  o.configuration = toml_of(config);
  o.open_state = open_state_of(config);
  return o;
}

}  // namespace

RocksdbOptions state_options(const Config& config, const std::filesystem::path& folder) {
  return {folder, static_cast<std::size_t>(config.state.block_cache_bytes),
          static_cast<std::size_t>(config.state.write_buffer_bytes)};
}

custody::OpenState open_state_of(const Config& config) {
  return [config](const std::filesystem::path& folder) -> Result<std::unique_ptr<TableStateStore>> {
    auto tables = open_rocksdb_tables(state_options(config, folder));
    if (!tables) return pass_on(tables);
    return TableStateStore::open(std::move(*tables));
  };
}

std::string toml_of(Config config) {
  std::string out;
  for (const ConfigField& field : fields_of(config)) out += field.toml() + "\n";
  return out;
}

const char* const kVersion = HANDRAIL_VERSION;

segments::LogOptions log_options(const Config& config) {
  segments::LogOptions o;
  o.folder = std::filesystem::path(config.data) / "log";
  o.segment_bytes = static_cast<std::uint64_t>(config.log.segment_bytes);
  o.block_bytes_max = static_cast<std::size_t>(config.log.block_bytes_max);
  o.waiting_bytes_max = static_cast<std::size_t>(config.log.waiting_bytes_max);
  o.tail_bytes_max = static_cast<std::size_t>(config.log.tail_bytes_max);
  o.retention = config.log.retention_hours * kHour;
  o.retention_bytes = static_cast<std::uint64_t>(config.log.retention_bytes);
  o.is_relaxed = config.log.durability == "relaxed";
  return o;
}

namespace {

RetrainerOptions retrainer_options(const Config& config) {
  RetrainerOptions o;
  o.reach = config.models.retrain == "never"     ? RetrainerOptions::Reach::kNever
            : config.models.retrain == "promote" ? RetrainerOptions::Reach::kPromote
                                                 : RetrainerOptions::Reach::kPropose;
  o.age_max = config.models.retrain_after_days * kDay;
  o.outcomes_max = static_cast<std::uint64_t>(config.models.retrain_after_outcomes);
  o.pause = config.models.retrain_pause_hours * kHour;
  o.trial_longest = config.models.trial_days * kDay;
  o.trial_journeys_min = static_cast<std::uint64_t>(config.models.trial_journeys);
  o.every = std::chrono::seconds(config.models.look_every_s);
  return o;
}

}  // namespace

Result<std::unique_ptr<Program>> Program::start(ProgramOptions options) {
  auto listen = parse_listen(options.config.server.listen);
  if (!listen) return pass_on(listen);
  auto gateway_options = handrail::gateway_options(options.config, *listen, options.serve_demo);
  if (!gateway_options) return pass_on(gateway_options);
  std::unique_ptr<Program> program(new Program);
  const std::filesystem::path data = options.config.data;
  const Config& config = options.config;

  std::error_code ec;
  if (std::filesystem::exists(data / moving::kImporting, ec))
    return fail(ErrorCode::kConflict, (data / moving::kImporting).string() +
                                          ": an import was begun and is not finished: repeat handrail import");

  segments::LogOptions log_options = handrail::log_options(config);
  log_options.on_fatal = options.on_fatal;
  count_commits(program->metrics_, log_options);
  if (log_options.is_relaxed)
    telemetry::log_warning(
        "log.durability is relaxed: a power loss may lose what was acknowledged since the last sync");
  auto log = segments::SegmentsLog::open(log_options, program->clock_);
  if (!log) return pass_on(log);
  program->log_ = std::move(*log);
  telemetry::publish_thread_cpu(program->metrics_);
  publish_log_metrics(program->metrics_, *program->log_);
  program->metrics_.gauge("handrail_disk_free_ratio", "Share of the data folder's file system that is free",
                          [data] { return disk_free_ratio(data); });

  auto tables = open_rocksdb_tables(state_options(config, data / "state"));
  if (!tables) return pass_on(tables);
  auto store = TableStateStore::open(std::move(*tables));
  if (!store) return pass_on(store);
  program->store_ = std::move(*store);

  program->hub_ = std::make_unique<gateway::Hub>(gateway::HubOptions{}, program->clock_, program->metrics_);
  const Worker::Ports ports{*program->log_, *program->store_, *program->hub_, program->clock_};
  EngineOptions engine_options = handrail::engine_options(options);
  ModelWatchOptions watch_options;
  watch_options.policy = engine_options.worker.rules.policy;
  program->model_watch_ = std::make_unique<ModelWatch>(watch_options);
  auto onlookers =
      Onlookers::make(config, *program->log_, program->clock_, program->metrics_, {program->model_watch_.get()});
  if (!onlookers) return pass_on(onlookers);
  program->onlookers_ = std::move(*onlookers);
  engine_options.worker.watch = program->onlookers_->watch();
  program->engine_ = std::make_unique<Engine>(std::move(engine_options), ports, program->metrics_);
  program->model_keeper_ = std::make_unique<ModelKeeper>(ModelKeeper::Ports{*program->log_, program->clock_},
                                                         *program->model_watch_, program->metrics_);
  program->copies_ =
      std::make_unique<custody::Copies>(copies_options(config), *program->log_, *program->store_, program->clock_);
  program->eraser_ =
      std::make_unique<Eraser>(Eraser::Ports{*program->log_, *program->store_, program->copies_.get(), program->clock_},
                               std::chrono::seconds(config.erasure.every_s), program->metrics_);
  program->retention_ = std::make_unique<Retention>(
      Retention::Ports{*program->log_, *program->store_, program->clock_},
      RetentionOptions{config.state.retention_days, std::chrono::seconds(config.state.retention_every_s),
                       static_cast<std::uint32_t>(config.engine.partitions)},
      program->metrics_);
  program->training_jobs_ = std::make_unique<TrainingJobs>(data, program->clock_);
  program->retrainer_ = std::make_unique<Retrainer>(
      Retrainer::Ports{*program->training_jobs_, *program->log_, program->clock_}, *program->model_watch_,
      watch_options.policy, retrainer_options(config), program->metrics_);
  program->is_open_ = gateway_options->guard.is_open;
  program->gateway_ = std::make_unique<gateway::Gateway>(
      std::move(*gateway_options),
      gateway::GatewayPorts{*program->log_, *program->log_, *program->store_, *program->engine_, *program->hub_,
                            program->clock_, program->metrics_, embedded_asset, program->copies_.get(),
                            program->model_watch_.get(), program->training_jobs_.get(), prompt_text});
  if (auto shown = publish_dead_letters(program->metrics_, *program->store_, *program->engine_); !shown)
    return pass_on(shown);
  if (auto started = program->engine_->start(); !started) return pass_on(started);
  program->onlookers_->start();
  program->copies_->start();
  program->eraser_->start();
  program->retention_->start();
  program->model_keeper_->start();
  program->retrainer_->start();
  if (auto started = program->gateway_->start(); !started) return pass_on(started);
  program->address_ = listen->in_url();
  return program;
}

Program::~Program() { stop(); }

void Program::stop() {
  if (retrainer_) retrainer_->stop();
  if (training_jobs_) training_jobs_->stop();
  if (gateway_) gateway_->stop();
  if (onlookers_) onlookers_->stop();
  if (model_keeper_) model_keeper_->stop();
  if (retention_) retention_->stop();
  if (eraser_) eraser_->stop();
  if (copies_) copies_->stop();
  if (engine_) engine_->stop();
  if (log_) log_->stop();
}

}  // namespace handrail
