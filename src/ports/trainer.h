// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace handrail {

// A model that somebody wants of a site's history.
struct TrainingOrder {
  std::string site;
  std::string actor;  // who
  std::string name;   // for people
  std::uint64_t seed = 1;
  int trials = 8;
  std::uint64_t labels_min = 100;
  std::vector<std::string> numbers, categories;  // properties of events that are features
};

// How it stands with training. One job is done at a time.
struct TrainingStatus {
  enum class State : std::uint8_t { kIdle, kRunning, kDone, kFailed };
  State state = State::kIdle;
  TrainingOrder order;  // of the job that runs, or ran last
  UnixMillis begun_at = 0;
  std::optional<UnixMillis> ended_at;
  double share = 0;   // done
  std::string words;  // what it does; of a failure why
};

// Trains beside the server, which goes on. Thread-safe.
class Trainer {
 public:
  // On a thread of the trainer's: the order's artefact.
  using Trained = std::function<void(const TrainingOrder&, std::string artefact)>;

  virtual ~Trainer() = default;
  virtual void set_on_trained(Trained trained) = 0;  // before the first begin()
  // kConflict while another job runs.
  virtual Result<void> begin(TrainingOrder order) = 0;
  virtual TrainingStatus status() const = 0;
  virtual bool cancel() = 0;  // false: none runs
};

}  // namespace handrail
