// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/control/control.h"
#include "core/decision/policy.h"
#include "core/fold/journey_watch.h"

namespace handrail {

struct ModelWatchOptions {
  std::uint32_t window_rows = 500;          // scores of one comparison with the baseline
  double drift_alarm = 0.25;                // population stability index of two windows running; a convention
  double drift_watch = 0.1;                 // worth a look
  std::size_t outcomes_max = 2'000;         // newest journeys that calibration and AUC are of
  std::size_t outcomes_min = 300;           // fewer say nothing
  double ece_alarm = 0.1;                   // expected calibration error
  Millis over_slack = 10 * kMinute;         // events without a score may come after the newest one
  double offers_z = 3;                      // standard errors by which the share of offers must lie outside
  core::Policy policy;                      // bar and offer budget where a site published no rules
  std::size_t journeys_open_max = 100'000;  // whose outcome is waited for; beyond it new ones are not compared
};

// How one model does, as far as is known.
struct ModelHealth {
  std::uint64_t scored = 0;   // since start
  std::uint64_t windows = 0;  // compared
  double score_drift = 0;     // population stability index of the newest window's margins
  struct ColumnDrift {
    std::string column;
    double index = 0;
    double missing = 0, beyond = 0;  // shares of the window
  };
  std::vector<ColumnDrift> drifting;  // above drift_watch in the newest window, strongest first
  std::uint64_t outcomes = 0;         // journeys that were scored and whose outcome is known, since start
  std::uint64_t unlabelled = 0;       // scored and over, but helped or censored: they teach nothing
  std::uint64_t waiting = 0;          // scored, their outcome not known yet
  double label_delay_s = 0;           // from the score to the outcome, on average
  std::uint64_t judged = 0;           // in the window that follows
  std::optional<double> auc, ece, log_loss, base_rate;  // nothing: fewer than outcomes_min
  struct Bin {                                          // of probabilities, equally wide
    double predicted = 0, observed = 0;                 // means over its journeys
    std::uint64_t journeys = 0;
  };
  std::vector<Bin> reliability;       // empty bins are left out; of the same journeys
  std::optional<double> offer_share;  // of the newest journeys: whose score reached the bar; nothing: too few
  std::vector<std::string> alarms;    // in words; empty: well
  bool must_go = false;               // of the alarms, one that takes a serving model out of service
};

// How a challenger did beside the champion, on journeys whose outcome is known and which both scored at the same event.
struct ModelTrial {
  std::uint64_t journeys = 0;
  double gain = 0;   // of log loss a journey; above 0: the challenger is better
  double error = 0;  // of the gain: one standard error
};

// Watches over the models of all sites while journeys are folded: how scores and features lie against the time of
// training, and what became of the journeys. It sees each score; of a journey one is drawn and kept until the outcome
// is known. Thread-safe. Since start: it is not kept over a restart.
class ModelWatch final : public core::JourneyWatch {
 public:
  explicit ModelWatch(ModelWatchOptions options = {}) : options_(options) {}

  void on_control(const core::LoggedRecord& entry) override;
  void on_scored(const core::Visitor& visitor, const core::ServingModel& model, const core::FeatureRow& row,
                 const core::ExitRisk& said) override;
  void on_outcome(const core::Visitor& visitor, const core::Outcome& outcome) override;
  // Journeys that are over by now, and a while longer, ended without the goal: whoever left may never come back to say
  // so.
  void let_time_pass(UnixMillis now);

  struct Key {
    std::string site;
    std::uint64_t version = 0;
    auto operator<=>(const Key&) const = default;
  };
  ModelHealth health(const Key& key) const;  // empty where none was scored
  std::vector<Key> watched() const;
  ModelTrial trial(const std::string& site, std::uint64_t champion, std::uint64_t challenger) const;
  // What holds for all; `look` holds the watch up.
  template <class Look>
  auto with_control(Look&& look) const {
    const std::lock_guard lock(mutex_);
    return look(control_);
  }
  // What takes the version out of service at `at`; empty unless it is live or a canary, now and from all that was said.
  std::vector<core::ModelMove> way_out(const Key& key, UnixMillis now, UnixMillis at, const std::string& note) const;

 private:
  struct Drawn {  // the score of a journey that is compared
    std::uint64_t version = 0;
    std::uint32_t seen = 0;   // of its scores so far
    std::uint64_t event = 0;  // of the journey: upon which it was given
    std::uint32_t probability = 0;
    int highest_score = 0;  // of all of them
    UnixMillis at = 0;
  };
  struct Open {  // a journey whose outcome is waited for
    std::string site;
    UnixMillis over_at = 0;   // if nothing comes after the newest score
    bool was_helped = false;  // an offer was displayed by then
    std::vector<Drawn> drawn;
  };
  struct Matured {
    Id128 journey;
    std::uint64_t event = 0;
    std::uint32_t probability = 0;
    bool is_exit = false;
    Millis delay = 0;
  };
  struct Window {
    std::vector<std::vector<std::uint32_t>> counts;  // of each column's bins, and last of the margin's
    std::vector<std::uint32_t> beyond;
    std::uint32_t rows = 0;
  };
  struct Watched {
    std::shared_ptr<const core::ExitModel> model;
    Window window;
    std::vector<double> indices, indices_before;  // of the newest two windows, by column and last of the margin
    std::vector<double> missing, beyond;
    std::uint64_t scored = 0, windows = 0, outcomes = 0, unlabelled = 0, waiting = 0;
    std::deque<Matured> matured;
    std::deque<int> highest_scores;  // of the newest journeys that are over
    UnixMillis newest_at = 0;
  };
  void note_row(Watched& watched, const core::FeatureRow& row);
  void compare(Watched& watched) const;
  void draw(const core::Visitor& visitor, const core::ExitRisk& said, Watched& watched);
  void settle(const Id128& journey, const Open& open, std::optional<bool> is_exit,
              UnixMillis at);  // nothing: it teaches nothing
  void judge(const Watched& watched, ModelHealth& health) const;
  void note_drift(const Watched& watched, ModelHealth& health) const;
  void note_offers(const std::string& site, const Watched& watched, ModelHealth& health) const;

  const ModelWatchOptions options_;
  mutable std::mutex mutex_;
  core::ControlState control_;
  std::map<Key, Watched> models_;
  std::unordered_map<Id128, Open, IdHash> open_;  // by journey
  std::vector<float> columns_;                    // scratch
};

}  // namespace handrail
