// SPDX-License-Identifier: Apache-2.0
#include "apps/local_model.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

extern char** environ;

namespace handrail {
namespace {

constexpr const char* kPython = ".tools/llm/bin/python";  // below the project's folder, where `make` runs
constexpr const char* kServer = "scripts/llm_server.py";
constexpr std::string_view kReady = "listening on ";

// What the process says first; empty: it ended without a word.
std::string first_line(int descriptor) {
  std::string said;
  char byte = 0;
  while (read(descriptor, &byte, 1) == 1 && byte != '\n') said.push_back(byte);
  return said;
}

// With its words on `output`, and ended by the signals that this program waits for itself.
Result<pid_t> spawn(int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);  // Ctrl-C is for us: we end it when nobody asks any more
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::array<std::string, 3> words{kPython, kServer, "0"};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t process = 0;
  const int failed = posix_spawn(&process, kPython, &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return fail(ErrorCode::kUnavailable, std::string("cannot start ") + kPython);
  return process;
}

void end(pid_t process) {
  kill(process, SIGTERM);
  waitpid(process, nullptr, 0);
}

}  // namespace

Result<std::unique_ptr<LocalModel>> LocalModel::start() {
  if (!std::filesystem::exists(kPython) || !std::filesystem::exists(kServer))
    return fail(ErrorCode::kNotFound, "no local model here: `make llm` in the project's folder installs one");
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorCode::kUnavailable, "no pipe to be had");
  auto process = spawn(ends[1]);
  close(ends[1]);
  const std::string said = process ? first_line(ends[0]) : std::string{};
  close(ends[0]);
  if (!process) return pass_on(process);
  if (said.starts_with(kReady))
    return std::unique_ptr<LocalModel>(new LocalModel(*process, said.substr(kReady.size())));
  end(*process);
  return fail(ErrorCode::kUnavailable, "the local model's server does not start" + (said.empty() ? "" : ": " + said));
}

LocalModel::~LocalModel() { end(process_); }

Config LocalModel::asked_by(Config config) const {
  constexpr std::int64_t kEnoughTokens = 220;
  config.analyst.kind = "openai";
  config.analyst.url = url_ + "/v1";
  config.analyst.in_flight = 1;  // it has one thread
  config.analyst.deadline_ms = kMinute;
  config.analyst.max_tokens = kEnoughTokens;
  return config;
}

}  // namespace handrail
