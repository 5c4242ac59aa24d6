// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>

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
  load->add_option("--warm-up", options->warm_up);
  load->add_option("--requests", options->requests_max, "end after so many");
  load->callback([options] {
    setpriority(PRIO_PROCESS, 0, 19);
    fmt::print("{}\n", json_of(*options, run_load(*options)));
  });
}

}  // namespace
}  // namespace handrail::bench

int main(int argc, char** argv) {
  CLI::App app{"measuring instruments"};
  app.require_subcommand(1);
  handrail::bench::add_load(app);
  CLI11_PARSE(app, argc, argv);
  return 0;
}
