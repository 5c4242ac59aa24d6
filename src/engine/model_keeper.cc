// SPDX-License-Identifier: Apache-2.0
#include "engine/model_keeper.h"

#include <cmath>
#include <limits>

#include "core/control/control.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr Millis kMoveAgainAfter = 30 * kSecond;  // an entry that was lost on its way

double or_nan(const std::optional<double>& value) { return value.value_or(std::numeric_limits<double>::quiet_NaN()); }

// What an alarm is about, without its figures: it is told once.
std::string subject_of(const std::string& alarm) { return alarm.substr(0, alarm.find(" (")); }

}  // namespace

ModelKeeper::ModelKeeper(Ports ports, ModelWatch& watch, telemetry::Metrics& metrics)
    : ports_(ports),
      watch_(watch),
      metrics_(metrics),
      alarms_(metrics.counter("handrail_model_alarms_total", "Alarms about exit-risk models")),
      rollbacks_(
          metrics.counter("handrail_model_rollbacks_total", "Models taken out of service because they did badly")),
      untold_(metrics.counter("handrail_model_entries_failed_total",
                              "Alarms and rollbacks that the log did not take; they are tried again")) {}

void ModelKeeper::start() {
  rounds_.start("models", std::chrono::seconds(1), [this] { look(); });
}

void ModelKeeper::look() {
  watch_.let_time_pass(ports_.clock.now() / 1000);
  for (const ModelWatch::Key& key : watch_.watched()) {
    publish(key);
    const ModelHealth health = watch_.health(key);
    tell(key, health);
    if (!health.must_go) continue;
    const UnixMillis now = ports_.clock.now() / 1000;
    const auto moved = moved_at_.find(key);
    if (moved != moved_at_.end() && now - moved->second < kMoveAgainAfter) continue;
    const auto moves = watch_.way_out(key, now, now + core::ControlState::kLeadTime, health.alarms.front());
    if (moves.empty()) continue;
    moved_at_[key] = now;
    rollbacks_.add();
    telemetry::log_warning("site " + key.site + ": model " + std::to_string(key.version) +
                           " is taken out of service: " + health.alarms.front());
    for (const core::ModelMove& move : moves) append(key.site, move);
    append(key.site, core::Act{"watch",
                               {},
                               "model.rolled_back",
                               key.site,
                               "version " + std::to_string(key.version) + ": " + health.alarms.front()});
  }
}

void ModelKeeper::tell(const ModelWatch::Key& key, const ModelHealth& health) {
  auto& told = told_[key];
  for (const std::string& alarm : health.alarms) {
    if (!told.insert(subject_of(alarm)).second) continue;
    alarms_.add();
    telemetry::log_warning("site " + key.site + ", model " + std::to_string(key.version) + ": " + alarm);
    append(key.site,
           core::Act{"watch", {}, "model.alarm", key.site, "version " + std::to_string(key.version) + ": " + alarm});
  }
}

void ModelKeeper::append(const std::string& site, core::RecordBody body) {
  ports_.log.append({{site, {}, ports_.clock.now(), 0, std::move(body)}}, [this](const Result<Receipt>& receipt) {
    if (!receipt) untold_.add();
  });
}

void ModelKeeper::publish(const ModelWatch::Key& key) {
  if (published_.contains(key) || published_.size() >= kPublishedMax) return;
  published_.insert(key);
  const telemetry::Labels labels{{"site", key.site}, {"model", std::to_string(key.version)}};
  const auto gauge = [&](const char* name, const char* help, double (*value)(const ModelHealth&)) {
    metrics_.gauge(
        name, help, [this, key, value] { return value(watch_.health(key)); }, labels);
  };
  metrics_.counter(
      "handrail_model_scores_total", "Scores given since start",
      [this, key] { return static_cast<double>(watch_.health(key).scored); }, labels);
  gauge("handrail_model_score_drift", "Population stability index of the newest window of scores against training",
        [](const ModelHealth& h) { return h.score_drift; });
  gauge("handrail_model_drifting_features", "Features whose newest window lies elsewhere than in training",
        [](const ModelHealth& h) { return static_cast<double>(h.drifting.size()); });
  gauge("handrail_model_auc", "Of the newest journeys whose outcome is known",
        [](const ModelHealth& h) { return or_nan(h.auc); });
  gauge("handrail_model_calibration_error", "Expected calibration error of the same journeys",
        [](const ModelHealth& h) { return or_nan(h.ece); });
  gauge("handrail_model_outcomes_waited_for", "Journeys that were scored and whose outcome is not known yet",
        [](const ModelHealth& h) { return static_cast<double>(h.waiting); });
  gauge("handrail_model_label_delay_seconds", "From a score to the outcome, on average",
        [](const ModelHealth& h) { return h.label_delay_s; });
}

}  // namespace handrail
