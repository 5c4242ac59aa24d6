// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <thread>

#include "ports/clock.h"
#include "ports/trainer.h"

namespace handrail {

// Trains in a process of its own, at the lowest priority: what it takes of memory goes with it, and neither a crash nor
// a limit that it runs into is the server's.
class TrainingJobs final : public Trainer {
 public:
  // `data`: whose log is learned from; what is made on the way lies in a folder in it.
  TrainingJobs(std::filesystem::path data, const Clock& clock) : data_(std::move(data)), clock_(clock) {}
  ~TrainingJobs() override { stop(); }

  void set_on_trained(Trained trained) override { trained_ = std::move(trained); }
  Result<void> begin(TrainingOrder order) override;
  TrainingStatus status() const override;
  bool cancel() override;
  void stop();  // gives up the job that runs; idempotent

 private:
  std::filesystem::path folder() const { return data_ / "training"; }
  std::vector<std::string> command_of(const TrainingOrder& order) const;
  Result<pid_t> launch(const TrainingOrder& order) const;
  void run(const std::stop_token& stop, pid_t child, const TrainingOrder& order);
  void note_progress();
  void end(TrainingStatus::State state, std::string words);

  const std::filesystem::path data_;
  const Clock& clock_;
  Trained trained_ = [](const TrainingOrder&, const std::string&) {};
  mutable std::mutex mutex_;  // guards status_
  TrainingStatus status_;
  std::mutex begin_mutex_;
  std::jthread thread_;
};

}  // namespace handrail
