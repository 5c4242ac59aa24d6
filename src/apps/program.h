// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "adapters/rocksdb/rocksdb_tables.h"
#include "adapters/segments/segments_log.h"
#include "adapters/system/system_clock.h"
#include "apps/gateway_options.h"
#include "apps/onlookers.h"
#include "apps/training_jobs.h"
#include "base/result.h"
#include "config/config.h"
#include "custody/copies.h"
#include "engine/engine.h"
#include "engine/eraser.h"
#include "engine/model_keeper.h"
#include "engine/retention.h"
#include "engine/retrainer.h"
#include "gateway/gateway.h"

namespace handrail {

class TableStateStore;

struct ProgramOptions {
  Config config;
  bool serve_demo = false;
  std::function<void(const Error&)> on_fatal;  // storage failed: end the process
};

// A whole server in one process: the composition root, the only place that names adapters.
class Program {
 public:
  static Result<std::unique_ptr<Program>> start(ProgramOptions options);
  ~Program();

  std::uint16_t port() const { return gateway_->port(); }
  std::string address() const { return address_; }
  bool is_open() const { return is_open_; }  // nobody is asked for a key
  void stop();                               // drains, writes and syncs the state, closes the log; idempotent

 private:
  Program() = default;

  SystemClock clock_;
  telemetry::Metrics metrics_;
  std::string address_;
  bool is_open_ = false;
  std::unique_ptr<segments::SegmentsLog> log_;
  std::unique_ptr<TableStateStore> store_;
  std::unique_ptr<gateway::Hub> hub_;
  std::unique_ptr<ModelWatch> model_watch_;
  std::unique_ptr<Onlookers> onlookers_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<custody::Copies> copies_;
  std::unique_ptr<Eraser> eraser_;
  std::unique_ptr<Retention> retention_;
  std::unique_ptr<ModelKeeper> model_keeper_;
  std::unique_ptr<TrainingJobs> training_jobs_;
  std::unique_ptr<Retrainer> retrainer_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

segments::LogOptions log_options(const Config& config);
RocksdbOptions state_options(const Config& config, const std::filesystem::path& folder);
custody::OpenState open_state_of(const Config& config);
// Every field with its value, as a file that says the same.
std::string toml_of(Config config);

extern const char* const kVersion;

}  // namespace handrail
