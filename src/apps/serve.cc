// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "apps/cloud_gateway.h"
#include "apps/commands.h"
#include "apps/end_signals.h"
#include "apps/local_model.h"
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

template <class Program>
std::string url_of(const Program& program) {
  return fmt::format("http://{}:{}", program.address(), program.port());
}

const char* how_it_serves(bool is_open) {
  return is_open ? "one open site (\"default\": no keys)" : "with keys and tokens";
}

void print_demo(const std::string& url) {
  fmt::print("\n  the bank      {}/demo/\n  the desk      {}/desk/\n  the figures   {}/metrics\n\nCtrl-C ends it.\n",
             url, url, url);
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

int failed(const Error& error, const char* advice) {
  fmt::print(stderr, "handrail: {}\n{}", error.message, advice);
  return exit_code_of(error);
}

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
  EndSignals signals;
  Config config = loaded.config;
  std::unique_ptr<LocalModel> model;
  if (flags.analyst == "local") {
    auto started = LocalModel::start();
    if (!started) return failed(started.error());
    model = std::move(*started);
    config = model->asked_by(std::move(config));
  }
  auto program = Program::start({config, flags.demo, end_at_once});
  if (!program) {
    fmt::print(stderr, "handrail: {}\n", program.error().message);
    return exit_code_of(program.error());
  }
  const std::string url = url_of(**program);
  fmt::print("handrail {} serves {} on {}; data in {}\n", kVersion, how_it_serves((*program)->is_open()), url,
             loaded.config.data);
  if (flags.story) play_story((*program)->address(), (*program)->port());
  if (flags.demo) print_demo(url);
  if (model)
    fmt::print("Hard cases are read by a model of 135 million parameters at {}: do not believe it.\n", model->url());
  signals.wait();
  model.reset();  // so that nobody waits for its words
  (*program)->stop();
  return kOk;
}

int run_gateway(const LoadedConfig& loaded, bool serve_demo) {
  raise_descriptor_limit();
  EndSignals signals;
  auto program = CloudGateway::start(loaded.config, serve_demo, [&signals](const Error& why) { signals.fail(why); });
  if (!program) {
    fmt::print(stderr, "handrail: {}\n", program.error().message);
    return exit_code_of(program.error());
  }
  const std::string url = url_of(**program);
  fmt::print("handrail {} serves {} on {}; records go into {}\n", kVersion, how_it_serves((*program)->is_open()), url,
             (*program)->stream_name());
  if (serve_demo) print_demo(url);
  const auto failure = signals.wait();
  (*program)->stop();
  return failure ? exit_code_of(*failure) : kOk;
}

}  // namespace handrail
