// SPDX-License-Identifier: Apache-2.0
#include "apps/program.h"

#include <charconv>
#include <filesystem>

#include "adapters/common/table_state_store.h"
#include "adapters/rocksdb/rocksdb_tables.h"
#include "apps/assets.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

gateway::ServerOptions server_options(const Config& config, const Listen& listen) {
  gateway::ServerOptions o;
  o.address = listen.address;
  o.port = listen.port;
  o.header_bytes_max = static_cast<std::size_t>(config.server.header_bytes_max);
  o.body_bytes_max = static_cast<std::size_t>(config.server.body_bytes_max);
  o.connections_max = static_cast<std::size_t>(config.server.connections_max);
  o.request_within = config.server.request_within_ms;
  o.idle_within = config.server.idle_within_ms;
  o.write_within = config.server.write_within_ms;
  o.heartbeat_every = config.server.heartbeat_ms;
  o.stream_waiting_bytes_max = static_cast<std::size_t>(config.server.stream_waiting_bytes_max);
  return o;
}

gateway::GatewayOptions gateway_options(const ProgramOptions& options, const Listen& listen) {
  const Config& config = options.config;
  gateway::GatewayOptions o;
  o.server = server_options(config, listen);
  o.intake = {static_cast<std::size_t>(config.intake.event_bytes_max),
              static_cast<std::size_t>(config.intake.single_bytes_max),
              static_cast<std::size_t>(config.intake.events_max),
              static_cast<std::size_t>(config.intake.properties_max), config.intake.oldest_ms};
  o.version = kVersion;
  o.durability = config.log.durability;
  o.drain = config.server.drain_ms;
  o.requests_per_second = static_cast<std::uint32_t>(config.server.requests_per_second);
  o.serve_demo = options.serve_demo;
  return o;
}

EngineOptions engine_options(const ProgramOptions& options) {
  const Config& config = options.config;
  EngineOptions o;
  if (options.on_fatal) o.on_fatal = options.on_fatal;
  o.partitions = static_cast<std::uint32_t>(config.engine.partitions);
  o.checkpoint_every = config.state.checkpoint_ms;
  o.sync_every = config.state.sync_ms;
  o.worker.policy = policy_of(config.policy);
  o.worker.engine_version = kVersion;
  o.worker.visitors_in_memory = static_cast<std::size_t>(config.state.visitors_in_memory);
  return o;
}

void publish_log_metrics(telemetry::Metrics& metrics, const segments::SegmentsLog& log) {
  using segments::LogCounters;
  const auto show = [&](const char* name, const char* help, std::uint64_t LogCounters::*counter) {
    metrics.gauge(name, help, [&log, counter] { return static_cast<double>(log.counters().*counter); });
  };
  show("handrail_log_commits", "Blocks written and synced", &LogCounters::commits);
  show("handrail_log_records", "Records written", &LogCounters::records);
  show("handrail_log_bytes", "Bytes written", &LogCounters::bytes);
  show("handrail_log_sync_microseconds", "Time in write and fdatasync", &LogCounters::sync_micros);
  show("handrail_log_refused", "Appends refused", &LogCounters::refused);
  show("handrail_log_segments", "Segment files", &LogCounters::segments);
}

}  // namespace

const char* const kVersion = HANDRAIL_VERSION;

core::Policy policy_of(const Config::Policy& c) {
  core::Policy p;
  p.qualify_risk = static_cast<int>(c.qualify_risk);
  p.qualify_struggle = static_cast<int>(c.qualify_struggle);
  p.rearm_risk = static_cast<int>(c.rearm_risk);
  p.persistent_risk = static_cast<int>(c.persistent_risk);
  p.persistent_count = static_cast<int>(c.persistent_count);
  p.offers_per_session = static_cast<int>(c.offers_per_session);
  p.offers_per_day = static_cast<int>(c.offers_per_day);
  p.cooldown = c.cooldown_s * kSecond;
  p.snooze = c.snooze_s * kSecond;
  p.decline = c.decline_s * kSecond;
  p.offer_lives = c.offer_lives_s * kSecond;
  p.history_after = c.history_after_s * kSecond;
  p.unanswered_after = c.unanswered_after_s * kSecond;
  p.needs_agent = c.needs_agent;
  return p;
}

Result<Listen> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Listen listen;
  if (colon == std::string::npos)
    return fail(ErrorCode::kInvalidArgument, "server.listen: must be ADDRESS:PORT, not \"" + text + "\"",
                "server.listen");
  listen.address = text.substr(0, colon);
  if (listen.address == "localhost") listen.address = "127.0.0.1";
  if (listen.address.size() > 2 && listen.address.front() == '[')
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  const auto [end, ec] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), listen.port);
  if (ec != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::kInvalidArgument, "server.listen: the port must be 0 to 65535", "server.listen");
  const bool is_loopback = listen.address.starts_with("127.") || listen.address == "::1";
  if (!is_loopback) {
    return fail(ErrorCode::kInvalidArgument,
                "server.listen: refusing " + listen.address +
                    ": this release serves one open site without keys, so it listens on loopback only "
                    "(127.0.0.1 or [::1]). Keys and public addresses come with sites",
                "server.listen");
  }
  return listen;
}

Result<std::unique_ptr<Program>> Program::start(ProgramOptions options) {
  auto listen = parse_listen(options.config.server.listen);
  if (!listen) return pass_on(listen);
  std::unique_ptr<Program> program(new Program);
  const std::filesystem::path data = options.config.data;
  const Config& config = options.config;

  segments::LogOptions log_options;
  log_options.folder = data / "log";
  log_options.segment_bytes = static_cast<std::uint64_t>(config.log.segment_bytes);
  log_options.block_bytes_max = static_cast<std::size_t>(config.log.block_bytes_max);
  log_options.waiting_bytes_max = static_cast<std::size_t>(config.log.waiting_bytes_max);
  log_options.retention = config.log.retention_hours * kHour;
  log_options.is_relaxed = config.log.durability == "relaxed";
  log_options.on_fatal = options.on_fatal;
  if (log_options.is_relaxed)
    telemetry::log_warning(
        "log.durability is relaxed: a power loss may lose what was acknowledged since the last sync");
  auto log = segments::SegmentsLog::open(log_options, program->clock_);
  if (!log) return pass_on(log);
  program->log_ = std::move(*log);
  publish_log_metrics(program->metrics_, *program->log_);

  auto tables = open_rocksdb_tables({data / "state", static_cast<std::size_t>(config.state.block_cache_bytes),
                                     static_cast<std::size_t>(config.state.write_buffer_bytes)});
  if (!tables) return pass_on(tables);
  auto store = TableStateStore::open(std::move(*tables));
  if (!store) return pass_on(store);
  program->store_ = std::move(*store);

  program->hub_ = std::make_unique<gateway::Hub>(gateway::HubOptions{}, program->clock_, program->metrics_);
  const Worker::Ports ports{*program->log_, *program->store_, *program->hub_, program->clock_};
  program->engine_ = std::make_unique<Engine>(engine_options(options), ports, program->metrics_);
  program->gateway_ = std::make_unique<gateway::Gateway>(
      gateway_options(options, *listen),
      gateway::GatewayPorts{*program->log_, *program->store_, *program->store_, *program->engine_, *program->hub_,
                            program->clock_, program->metrics_, embedded_asset});
  if (auto started = program->engine_->start(); !started) return pass_on(started);
  if (auto started = program->gateway_->start(); !started) return pass_on(started);
  program->address_ = listen->address.find(':') == std::string::npos ? listen->address : "[" + listen->address + "]";
  return program;
}

Program::~Program() { stop(); }

void Program::stop() {
  if (gateway_) gateway_->stop();
  if (engine_) engine_->stop();
  if (log_) log_->stop();
}

}  // namespace handrail
