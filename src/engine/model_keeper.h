// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "base/repeating.h"
#include "engine/model_watch.h"
#include "ports/clock.h"
#include "ports/record_sink.h"
#include "telemetry/metrics.h"

namespace handrail {

// Acts upon what the watch sees: tells of alarms (as acts, which are listed and kept, in the program's log and as
// figures), and takes a serving model that does badly out of service. From the score that shows it to the model that is
// back: a look each second, and the 2 s until an entry takes effect.
class ModelKeeper {
 public:
  struct Ports {
    RecordSink& log;
    const Clock& clock;
  };
  ModelKeeper(Ports ports, ModelWatch& watch, telemetry::Metrics& metrics);
  ~ModelKeeper() { stop(); }

  void start();
  void stop() { rounds_.stop(); }  // idempotent
  void look();                     // once; by the thread, and by tests

 private:
  static constexpr std::size_t kPublishedMax = 64;  // models with figures of their own

  void publish(const ModelWatch::Key& key);
  void tell(const ModelWatch::Key& key, const ModelHealth& health);
  void append(const std::string& site, core::RecordBody body);

  Ports ports_;
  ModelWatch& watch_;
  telemetry::Metrics& metrics_;
  telemetry::Counter alarms_, rollbacks_, untold_;
  std::set<ModelWatch::Key> published_;
  std::map<ModelWatch::Key, std::set<std::string>> told_;  // what each alarm is about
  std::map<ModelWatch::Key, UnixMillis> moved_at_;
  Repeating rounds_;
};

}  // namespace handrail
