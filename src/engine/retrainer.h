// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/repeating.h"
#include "core/control/control.h"
#include "engine/model_watch.h"
#include "ports/clock.h"
#include "ports/record_sink.h"
#include "ports/trainer.h"
#include "telemetry/metrics.h"

namespace handrail {

struct RetrainerOptions {
  enum class Reach : std::uint8_t {
    kNever,
    kPropose,  // trains a challenger and tries it in the shadow; a person promotes it
    kPromote,  // and promotes it where it is better
  };
  Reach reach = Reach::kPropose;
  Millis age_max = 30 * kDay;              // of the live model; 0: no age is too old
  std::uint64_t outcomes_max = 20'000;     // that became known to the live model since start; 0: no reason
  Millis pause = kDay;                     // from the beginning of one training of a site to the next
  Millis trial_longest = 14 * kDay;        // in the shadow
  std::uint64_t trial_journeys_min = 300;  // fewer say nothing
  std::chrono::seconds every{10};          // between two looks
};

// Trains a site's live model anew when it drifts, grows old or much became known since. What comes of it is tried in
// the shadow: it is better when, on journeys that ended after it was trained and that both scored at the same event,
// its log loss is less with 97.5 % confidence (1.96 standard errors of the paired difference). One that is worse, or
// not better in time, or that would break the site's offer budget, retires. Each step is an act.
class Retrainer {
 public:
  static constexpr const char* kAuthor = "retraining";

  struct Ports {
    Trainer& trainer;
    RecordSink& log;
    const Clock& clock;
  };
  // `policy`: that holds where a site published none.
  Retrainer(Ports ports, const ModelWatch& watch, core::Policy policy, RetrainerOptions options,
            telemetry::Metrics& metrics);
  ~Retrainer() { stop(); }

  void start();
  void stop() { rounds_.stop(); }  // idempotent
  void look();                     // once; by the thread, and by tests

 private:
  // A site's live model, and the newest one that was trained to take its place.
  struct Standing {
    std::string site;
    std::uint64_t live = 0;
    UnixMillis live_trained_at = 0;
    core::FeatureRecipe recipe;
    struct Challenger {
      std::uint64_t version = 0;
      core::ModelStage stage = core::ModelStage::kCandidate;
      UnixMillis since = 0;  // in that stage
      core::ModelMove promotion;
      std::optional<int> beyond_budget;  // of 1,000 journeys
    };
    std::optional<Challenger> challenger;
    UnixMillis trained_last_at = 0;  // by us
  };
  struct Asked {
    core::ModelStage stage = core::ModelStage::kCandidate;
    UnixMillis at = 0;
  };
  std::vector<Standing> standings(const core::ControlState& control, UnixMillis now) const;
  std::optional<Standing> standing_of(const core::ControlState& control, const std::string& site, UnixMillis now) const;
  void tend(const Standing& standing, UnixMillis now);
  void judge(const Standing& standing, UnixMillis now);
  void move(const Standing& standing, core::ModelStage stage, UnixMillis now, const std::string& note);
  void promote(const Standing& standing, UnixMillis now, const std::string& note);
  void train(const Standing& standing, UnixMillis now, const std::string& why);
  std::string reason_to_train(const Standing& standing, UnixMillis now) const;  // "": none
  void append(const std::string& site, core::RecordBody body);

  Ports ports_;
  const ModelWatch& watch_;
  const core::Policy policy_;
  const RetrainerOptions options_;
  telemetry::Counter trainings_, promotions_, retirements_;
  std::map<std::string, UnixMillis> tried_at_;  // by site: the newest training begun
  std::map<ModelWatch::Key, Asked> asked_;      // by challenger: the newest move, which may be on its way
  std::set<ModelWatch::Key> proposed_;          // told of once
  Repeating rounds_;
};

}  // namespace handrail
