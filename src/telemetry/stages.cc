// SPDX-License-Identifier: Apache-2.0
#include "telemetry/stages.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace handrail::telemetry {
namespace {

constexpr const char* kStageName = "handrail_stage_seconds_total";
constexpr const char* kStageHelp = "Time that events spent in a stage of their way";

// User and system time of all threads of that name.
double cpu_seconds_of(const std::string& name) {
  double ticks = 0;
  std::error_code ec;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ec)) {
    std::ifstream file(task.path() / "stat");
    std::string line;
    std::getline(file, line);
    const std::size_t open = line.find('(');
    const std::size_t close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos || line.substr(open + 1, close - open - 1) != name)
      continue;
    std::istringstream rest(line.substr(close + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) rest >> skipped;  // proc(5): utime is the 14th, stime the 15th
    double user = 0;
    double system = 0;
    rest >> user >> system;
    ticks += user + system;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

Counter stage_seconds(Metrics& metrics, const char* stage) {
  return metrics.counter(kStageName, kStageHelp, Labels{{"stage", stage}});
}

void stage_seconds(Metrics& metrics, const char* stage, std::function<double()> value) {
  metrics.counter(kStageName, kStageHelp, std::move(value), {{"stage", stage}});
}

void publish_thread_cpu(Metrics& metrics) {
  for (const std::string name : {"io", "read", "log-commit", "log-upkeep", "fold"}) {
    metrics.counter("handrail_thread_cpu_seconds_total", "CPU time of threads by name",
                    [name] { return cpu_seconds_of(name); }, {{"thread", name}});
  }
}

}  // namespace handrail::telemetry
