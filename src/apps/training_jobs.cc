// SPDX-License-Identifier: Apache-2.0
#include "apps/training_jobs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "apps/files.h"
#include "base/thread.h"
#include "core/risk/exit_artefact.h"

namespace handrail {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(200);
constexpr const char* kNiceness = "19";

// The last whole line of what the process said so far.
std::string last_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line, last;
  while (std::getline(in, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

class Redirected {
 public:
  Redirected(const std::filesystem::path& out, const std::filesystem::path& err) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, out.c_str(), kFlags, 0600);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, err.c_str(), kFlags, 0600);
  }
  ~Redirected() { posix_spawn_file_actions_destroy(&actions_); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

std::vector<std::string> TrainingJobs::command_of(const TrainingOrder& order) const {
  std::vector<std::string> words = {"handrail",     "train",
                                    "--data",       data_.string(),
                                    "--site",       order.site,
                                    "--out",        (folder() / "model.hrm").string(),
                                    "--name",       order.name,
                                    "--seed",       std::to_string(order.seed),
                                    "--trials",     std::to_string(order.trials),
                                    "--labels-min", std::to_string(order.labels_min),
                                    "--niceness",   kNiceness,
                                    "--json"};
  for (const std::string& path : order.numbers) words.insert(words.end(), {"--number", path});
  for (const std::string& path : order.categories) words.insert(words.end(), {"--category", path});
  return words;
}

Result<pid_t> TrainingJobs::launch(const TrainingOrder& order) const {
  std::error_code ec;
  std::filesystem::remove_all(folder(), ec);
  std::filesystem::create_directories(folder(), ec);
  if (ec) return fail(ErrorCode::kInternal, "cannot make " + folder().string() + ": " + ec.message());
  std::vector<std::string> words = command_of(order);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Redirected files(folder() / "figures.json", folder() / "progress");
  pid_t child = 0;
  const int failed = posix_spawn(&child, "/proc/self/exe", files.get(), nullptr, arguments.data(), environ);
  if (failed != 0) return fail(ErrorCode::kInternal, std::string("cannot start training: ") + std::strerror(failed));
  return child;
}

Result<void> TrainingJobs::begin(TrainingOrder order) {
  const std::lock_guard one(begin_mutex_);
  if (status().state == TrainingStatus::State::kRunning)
    return fail(ErrorCode::kConflict, "another model is being trained; wait for it, or cancel it");
  if (thread_.joinable()) thread_.join();
  auto child = launch(order);
  if (!child) return pass_on(child);
  {
    const std::lock_guard lock(mutex_);
    status_ = {};
    status_.state = TrainingStatus::State::kRunning;
    status_.order = order;
    status_.begun_at = clock_.now() / 1000;
  }
  thread_ = std::jthread([this, child = *child, order = std::move(order)](const std::stop_token& stop) {
    name_this_thread("training");
    run(stop, child, order);
  });
  return {};
}

void TrainingJobs::run(const std::stop_token& stop, pid_t child, const TrainingOrder& order) {
  int outcome = 0;
  bool is_cancelled = false;
  while (waitpid(child, &outcome, WNOHANG) == 0) {
    if (stop.stop_requested() && !std::exchange(is_cancelled, true)) kill(child, SIGKILL);
    note_progress();
    std::this_thread::sleep_for(kLookEvery);
  }
  if (is_cancelled) return end(TrainingStatus::State::kFailed, "cancelled");
  if (!WIFEXITED(outcome) || WEXITSTATUS(outcome) != 0) {
    const std::string why = last_line(folder() / "progress");
    return end(TrainingStatus::State::kFailed, why.empty() ? "the process that trained ended without a word" : why);
  }
  auto artefact = read_file(folder() / "model.hrm", "the model that was trained", core::kArtefactBytesMax);
  if (!artefact) return end(TrainingStatus::State::kFailed, artefact.error().message);
  end(TrainingStatus::State::kDone, "done");
  trained_(order, std::move(*artefact));
}

// "training  82 %  growing trees"
void TrainingJobs::note_progress() {
  const std::string line = last_line(folder() / "progress");
  const std::size_t percent = line.find(" %  ");
  if (percent == std::string::npos) return;
  const std::size_t number = line.rfind(' ', percent - 1);
  const std::lock_guard lock(mutex_);
  status_.share = std::atof(line.c_str() + (number == std::string::npos ? 0 : number)) / 100;
  status_.words = line.substr(percent + 4);
}

void TrainingJobs::end(TrainingStatus::State state, std::string words) {
  const std::lock_guard lock(mutex_);
  status_.state = state;
  status_.words = std::move(words);
  status_.ended_at = clock_.now() / 1000;
  if (state == TrainingStatus::State::kDone) status_.share = 1;
}

TrainingStatus TrainingJobs::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool TrainingJobs::cancel() {
  if (status().state != TrainingStatus::State::kRunning) return false;
  thread_.request_stop();
  return true;
}

void TrainingJobs::stop() {
  const std::lock_guard one(begin_mutex_);
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace handrail
