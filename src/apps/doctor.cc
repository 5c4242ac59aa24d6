// SPDX-License-Identifier: Apache-2.0
#include "apps/doctor.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "apps/commands.h"

namespace handrail {
namespace {

const char* word_for(Verdict verdict) {
  return verdict == Verdict::kOk ? "ok" : verdict == Verdict::kWarn ? "warn" : "fail";
}

std::vector<Finding> look_at_all(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  const std::filesystem::path data = config.data;
  return {check_configuration(loaded), check_data_folder(data), check_disk(data, config), check_sync(data),
          check_files(config),         check_memory(config),    check_cpus(config),       check_clock(),
          check_port(config)};
}

void print_text(const std::vector<Finding>& findings) {
  for (const Finding& f : findings) {
    fmt::print("  {:<5} {:<14} {}\n", word_for(f.verdict), f.check, f.found);
    if (!f.todo.empty()) fmt::print("  {:<5} {:<14} -> {}\n", "", "", f.todo);
  }
  const auto count = [&](Verdict verdict) {
    return std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.verdict == verdict; });
  };
  fmt::print("\n  {} ok, {} to look at, {} to mend\n", count(Verdict::kOk), count(Verdict::kWarn),
             count(Verdict::kFail));
}

void print_json(const std::vector<Finding>& findings, bool is_well) {
  boost::json::array checks;
  for (const Finding& f : findings)
    checks.push_back(boost::json::object{
        {"check", f.check}, {"verdict", word_for(f.verdict)}, {"found", f.found}, {"todo", f.todo}});
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"ok", is_well}, {"checks", std::move(checks)}}));
}

}  // namespace

int run_doctor(const LoadedConfig& loaded, bool as_json) {
  const std::vector<Finding> findings = look_at_all(loaded);
  const bool is_well =
      std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.verdict == Verdict::kFail; });
  as_json ? print_json(findings, is_well) : print_text(findings);
  return is_well ? kOk : kCheckFailed;
}

}  // namespace handrail
