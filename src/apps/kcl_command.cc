// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdio>
#include <iostream>
#include <span>
#include <thread>

#include "adapters/kinesis/kcl.h"
#include "apps/cloud_engine.h"
#include "apps/commands.h"
#include "apps/onlookers.h"
#include "base/repeating.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

using kinesis::KclRequest;

constexpr std::chrono::seconds kSweepEvery{60};  // for deadlines of visitors whose page is closed
constexpr Millis kPauseMax = 5 * kSecond;        // between tries of what could not be folded

// One shard, as the daemon tells of it: a request a line on standard input, answers on standard output.
class ShardProcess {
 public:
  explicit ShardProcess(BatchFolder& folder) : folder_(folder) {}

  // Until the daemon goes away, or what it says is not understood.
  Result<void> run() {
    while (auto line = next_line()) {
      auto request = kinesis::kcl_request(*line);
      if (!request) return pass_on(request);
      if (auto done = handle(*request); !done) return done;
      say(kinesis::kcl_status(*request));
    }
    return {};
  }

 private:
  static std::optional<std::string> next_line() {
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty()) return line;
    }
    return std::nullopt;
  }
  static void say(const std::string& line) { std::cout << line << "\n" << std::flush; }

  Result<void> handle(const KclRequest& request) {
    switch (request.kind) {
      case KclRequest::Kind::kInitialize:
        telemetry::log_info("the shard " + request.shard + " is ours");
        return {};
      case KclRequest::Kind::kRecords:
        if (request.blocks.empty()) return {};
        fold(request.blocks);
        return checkpoint(request.blocks.back().sequence);
      case KclRequest::Kind::kShardEnded:
        return checkpoint(std::nullopt);
      default:  // what is folded is in the state: nothing is to be saved when the shard goes to another
        return {};
    }
  }

  // In their order, from the first that was not done on again: the state's service will be back.
  void fold(std::span<const StreamBlock> blocks) {
    for (Millis pause = 50; !blocks.empty(); pause = std::min(kPauseMax, 2 * pause)) {
      const auto failed = folder_.fold(blocks);
      if (failed.empty()) return;
      blocks = blocks.subspan(failed.front());
      std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    }
  }

  Result<void> checkpoint(const std::optional<std::string>& sequence) {
    say(kinesis::kcl_checkpoint(sequence));
    auto line = next_line();
    if (!line) return fail(ErrorCode::kUnavailable, "the daemon went away during a checkpoint");
    auto answer = kinesis::kcl_request(*line);
    if (!answer) return pass_on(answer);
    if (answer->kind != KclRequest::Kind::kCheckpointed)
      return fail(ErrorCode::kInvalidArgument, "the daemon answers a checkpoint with \"" + answer->action + "\"");
    // Behind it lies what was folded: delivered again it changes nothing.
    if (!answer->error.empty()) telemetry::log_warning("a checkpoint was not kept: " + answer->error);
    return {};
  }

  BatchFolder& folder_;
};

}  // namespace

int run_kcl_worker(const LoadedConfig& loaded) {
  const SystemClock clock;
  auto cloud = Cloud::make(loaded.config, clock);
  if (!cloud) {
    fmt::print(stderr, "handrail: {}\n", cloud.error().message);
    return exit_code_of(cloud.error());
  }
  if (auto opened = (*cloud)->open_lists(); !opened) {
    fmt::print(stderr, "handrail: {}\n", opened.error().message);
    return exit_code_of(opened.error());
  }
  const auto streams = kinesis_side(**cloud, loaded.config);
  telemetry::Metrics metrics;  // read by nobody: a shard's process has no port
  auto onlookers = Onlookers::make(loaded.config, streams->sink(), clock, metrics);
  if (!onlookers) return failed(onlookers.error());
  CloudEngine engine(loaded.config, **cloud, *streams, clock, (*onlookers)->watch());
  (*onlookers)->start();
  Repeating sweeps;
  sweeps.start("sweep", kSweepEvery, [&] {
    if (auto appended = engine.timers().append(); !appended)
      telemetry::log_warning("deadlines are looked for again later: " + appended.error().message);
  });
  auto done = ShardProcess(engine.folder()).run();
  sweeps.stop();
  (*onlookers)->stop();
  if (done) return kOk;
  fmt::print(stderr, "handrail: {}\n", done.error().message);
  return exit_code_of(done.error());
}

int run_kcl_properties(const LoadedConfig& loaded, const std::string& executable) {
  const SystemClock clock;
  auto cloud = Cloud::make(loaded.config, clock);
  if (!cloud) {
    fmt::print(stderr, "handrail: {}\n", cloud.error().message);
    return exit_code_of(cloud.error());
  }
  const Config& config = loaded.config;
  fmt::print(
      "# Of amazon-kinesis-client-multilang 3: java -cp 'jars/*' software.amazon.kinesis.multilang.MultiLangDaemon "
      "--properties-file FILE\n"
      "executableName = {}\nstreamName = {}\napplicationName = {}engine\n"
      "AwsCredentialsProvider = DefaultCredentialsProvider\nregionName = {}\n"
      "initialPositionInStream = TRIM_HORIZON\nretrievalMode = POLLING\nidleTimeBetweenReadsInMillis = 250\n"
      "maxRecords = 1000\nmetricsLevel = NONE\nfailoverTimeMillis = 10000\nleaseAssignmentIntervalMillis = 1000\n",
      executable, config.kinesis.events_stream, config.dynamodb.prefix, (*cloud)->region());
  if (!config.aws.kinesis_endpoint.empty()) fmt::print("kinesisEndpoint = {}\n", config.aws.kinesis_endpoint);
  if (!config.aws.dynamodb_endpoint.empty()) fmt::print("dynamoDBEndpoint = {}\n", config.aws.dynamodb_endpoint);
  return kOk;
}

}  // namespace handrail
