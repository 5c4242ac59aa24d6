// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <map>

#include "commands.h"
#include "commit_probe.h"
#include "load.h"

// The measuring instruments behind bench/run.py, each a command that prints one line of JSON.
namespace handrail::bench {
namespace {

const std::map<std::string, Traffic> kTraffic = {{"single", Traffic::kMissionSingle},
                                                 {"mission-batch", Traffic::kMissionBatch},
                                                 {"sdk-batch", Traffic::kSdkBatch},
                                                 {"bare", Traffic::kBare}};

void add_load(CLI::App& app) {
  auto* load = app.add_subcommand("load", "send events to a running server");
  auto options = std::make_shared<LoadOptions>();
  options->body.run =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) / 1'000'000;
  load->add_option("--port", options->port)->required();
  load->add_option("--traffic", options->body.traffic)->transform(CLI::CheckedTransformer(kTraffic));
  load->add_option("--batch", options->body.batch, "events of a request");
  load->add_option("--visitors", options->body.visitors);
  load->add_option("--first-visitor", options->body.first_visitor);
  load->add_option("--run", options->body.run);
  load->add_option("--connections", options->connections);
  load->add_option("--rate", options->rate, "requests a second, open loop; 0: closed loop");
  load->add_option("--seconds", options->seconds);
  load->add_flag("--from-sent", options->from_sent, "latency from the sending itself, not from when it was due");
  load->add_flag("--patient", options->is_patient, "a refused connection rests as long as Retry-After says");
  load->add_option("--warm-up", options->warm_up);
  load->add_option("--requests", options->requests_max, "end after so many");
  load->add_option("--niceness", options->niceness, "low where it makes the load, high where it only measures");
  load->callback([options] {
    setpriority(PRIO_PROCESS, 0, options->niceness);
    fmt::print("{}\n", json_of(*options, run_load(*options)));
  });
}

void add_probe(CLI::App& app) {
  auto* probe = app.add_subcommand("commit", "a bare group commit, open loop");
  auto rate = std::make_shared<double>(1000);
  auto seconds = std::make_shared<double>(5);
  auto folder = std::make_shared<std::string>(".");
  probe->add_option("--rate", *rate, "records a second");
  probe->add_option("--seconds", *seconds);
  probe->add_option("--folder", *folder, "on the disk in question");
  probe->callback([=] {
    const std::filesystem::path file = std::filesystem::path(*folder) / ("probe-" + std::to_string(getpid()));
    {
      CommitProbe commit(file);
      commit.open_loop(*rate, .7);
      fmt::print("{{\"ms\":{}}}\n", quantiles_json(commit.open_loop(*rate, *seconds)));
    }
    std::filesystem::remove(file);
  });
}

void add_in_process(CLI::App& app, int& status) {
  auto* score = app.add_subcommand("score", "one row through a forest, beside libxgboost");
  auto score_options = std::make_shared<ScoreBench>();
  score->add_option("--trees", score_options->trees);
  score->add_option("--depth", score_options->depth);
  score->add_option("--rounds", score_options->rounds, "of 500 rows");
  score->callback([score_options, &status] { status = run_score_bench(*score_options); });
  auto* fold = app.add_subcommand("fold", "one record into one visitor's state");
  auto options = std::make_shared<FoldBench>();
  fold->add_option("--visitors", options->visitors);
  fold->add_option("--requests", options->requests, "of 50 events");
  fold->add_option("--rounds", options->rounds);
  fold->callback([options, &status] { status = run_fold(*options); });

  auto* push = app.add_subcommand("push", "an event on one of many streams, from sent to received");
  auto push_options = std::make_shared<BarePush>();
  push->add_flag("--bare", push_options->bare, "Beast alone");
  push->add_option("--idle", push_options->idle);
  push->add_option("--pushes", push_options->pushes);
  push->callback([push_options, &status] { status = run_push(*push_options); });

  auto* struggle = app.add_subcommand("struggle", "a struggle sent to its intervention received");
  auto struggle_options = std::make_shared<StrugglePush>();
  struggle->add_option("--program", struggle_options->program, "to start");
  struggle->add_option("--port", struggle_options->port, "of a server that runs already");
  struggle->add_option("--folder", struggle_options->folder, "on the disk in question");
  struggle->add_option("--rounds", struggle_options->rounds);
  struggle->add_option("--rate", struggle_options->events_per_second, "events a second beside them");
  struggle->add_option("--idle", struggle_options->idle_visitors);
  struggle->callback([struggle_options, &status] { status = run_struggle_push(*struggle_options); });
}

void take_all_descriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace
}  // namespace handrail::bench

int main(int argc, char** argv) {
  CLI::App app{"measuring instruments"};
  app.require_subcommand(1);
  int status = 0;
  handrail::bench::take_all_descriptors();
  handrail::bench::add_load(app);
  handrail::bench::add_probe(app);
  handrail::bench::add_in_process(app, status);
  CLI11_PARSE(app, argc, argv);
  return status;
}
