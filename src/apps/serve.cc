// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "apps/commands.h"
#include "apps/program.h"

namespace handrail {
namespace {

// Many idle streams are the normal case: take as many descriptors as the system grants.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// Storage that failed leaves the truth unknown: nothing more may be acknowledged. The next start recovers.
void end_at_once(const Error& error) {
  fmt::print(
      stderr,
      "handrail: storage failed: {}\nhandrail: ending now; what was acknowledged is safe, start again to recover\n",
      error.message);
  std::fflush(stderr);
  _exit(kFailed);
}

}  // namespace

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return kConfigInvalid;
    case ErrorCode::kNotFound:
      return kNotFound;
    case ErrorCode::kConflict:
      return kConflicting;
    default:
      return kFailed;
  }
}

int run_serve(const LoadedConfig& loaded, const ServeFlags& flags) {
  raise_descriptor_limit();
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto program = Program::start({loaded.config, flags.demo, end_at_once});
  if (!program) {
    fmt::print(stderr, "handrail: {}\n", program.error().message);
    return exit_code_of(program.error());
  }
  const std::string url = fmt::format("http://{}:{}", (*program)->address(), (*program)->port());
  fmt::print("handrail {} serves {} on {}; data in {}\n", kVersion,
             (*program)->is_open() ? "one open site (\"default\": no keys)" : "with keys and tokens", url,
             loaded.config.data);
  if (flags.story) play_story((*program)->address(), (*program)->port());
  if (flags.demo) {
    fmt::print("\n  the bank      {}/demo/\n  the desk      {}/desk/\n  the figures   {}/metrics\n\nCtrl-C ends it.\n",
               url, url, url);
  }
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  fmt::print(stderr, "handrail: {}; draining\n", signal == SIGINT ? "interrupted" : "asked to end");
  (*program)->stop();
  return kOk;
}

}  // namespace handrail
