// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "apps/answer_text.h"
#include "apps/commands.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "base/utc.h"
#include "custody/copies.h"

namespace handrail {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr double kMegabyte = 1e6;
constexpr auto kLookEvery = std::chrono::milliseconds(200);

void print_backup(const json::value& b) {
  fmt::print("{}  offsets {} to {}, {:.1f} MB\n", text(b, "name"), text(b, "begin"), text(b, "end"),
             b.at("bytes").to_number<double>() / kMegabyte);
}

json::object described(const custody::Manifest& m) {
  return {{"at", m.at}, {"begin", m.begin}, {"end", m.end}, {"files", m.files.size()}, {"bytes", m.bytes()}};
}

int report_fault(const Error& error) {
  fmt::print(stderr, "handrail: {}\n", error.message);
  return error.code == ErrorCode::kCorrupt ? static_cast<int>(kCheckFailed) : exit_code_of(error);
}

int verify(const BackupFlags& flags) {
  Progress progress("verifying");
  auto manifest = custody::verify(flags.folder, [&](double share) { progress.at(share, ""); });
  progress.finish();
  if (!manifest) return report_fault(manifest.error());
  if (flags.as_json) {
    fmt::print("{}\n", json::serialize(described(*manifest)));
  } else {
    fmt::print("whole: {} files, {:.1f} MB, of {}\n", manifest->files.size(),
               static_cast<double>(manifest->bytes()) / kMegabyte, utc(manifest->at));
  }
  return kOk;
}

// Begins one, and waits until it is whole.
int make(HttpClient& server, bool as_json) {
  const auto begun = server.post("/v1/backups", "");
  if (!begun || begun->status != 202) return report(begun, as_json, [](const json::value&) {});
  const json::value name = json::parse(begun->body).at("name");
  Progress progress("backing up");
  while (true) {
    auto answer = server.get("/v1/backups");
    if (!answer || answer->status != 200) return report(answer, as_json, [](const json::value&) {});
    const json::value all = json::parse(answer->body);
    const json::value& under_way = all.at("underWay");
    if (under_way.is_object() && under_way.at("name") == name) {
      progress.at(under_way.at("share").to_number<double>(), "");
      std::this_thread::sleep_for(kLookEvery);
      continue;
    }
    progress.finish();
    for (const json::value& backup : all.at("items").as_array()) {
      if (backup.at("name") != name) continue;
      return report(HttpClient::Answer{200, json::serialize(backup)}, as_json, print_backup);
    }
    const json::value& failed = all.at("failed");
    const bool is_told = failed.is_object() && failed.at("name") == name;
    fmt::print(stderr, "handrail: the backup failed: {}\n",
               is_told ? text(failed, "why") : "the server ended meanwhile");
    return kFailed;
  }
}

// The list that was named must be there; the one beside the backup need not.
Result<std::vector<ErasedVisitor>> erased_since(const RestoreFlags& flags) {
  if (!flags.erased.empty()) return custody::read_erased(flags.erased);
  const fs::path beside = fs::absolute(flags.backup).lexically_normal() / ".." / "ERASED";
  std::error_code ec;
  if (!fs::exists(beside, ec)) return std::vector<ErasedVisitor>{};
  return custody::read_erased(beside);
}

}  // namespace

int run_backup(const BackupFlags& flags) {
  if (flags.what == "verify") {
    if (!flags.folder.empty()) return verify(flags);
    fmt::print(stderr, "handrail: which one? handrail backup verify FOLDER\n");
    return kUsage;
  }
  HttpClient server(flags.server);
  if (flags.what == "make") return make(server, flags.as_json);
  return report(server.get("/v1/backups"), flags.as_json, [](const json::value& answer) {
    for (const json::value& backup : answer.at("items").as_array()) print_backup(backup);
  });
}

int run_restore(const LoadedConfig& loaded, const RestoreFlags& flags) {
  auto erased = erased_since(flags);
  if (!erased) return report_fault(erased.error());
  Progress progress("restoring");
  custody::RestoreOptions options;
  options.backup = flags.backup;
  options.data = loaded.config.data;
  options.erased = std::move(*erased);
  options.open_state = open_state_of(loaded.config);
  options.progress = [&](double share) { progress.at(share, ""); };
  auto manifest = custody::restore(options);
  progress.finish();
  if (!manifest) return report_fault(manifest.error());
  if (flags.as_json) {
    fmt::print("{}\n", json::serialize(described(*manifest)));
    return kOk;
  }
  fmt::print("restored into {}: as it was at {}, {} records of the log{}\n", loaded.config.data, utc(manifest->at),
             manifest->end - manifest->begin,
             options.erased.empty() ? "" : fmt::format(", without {} erased visitors", options.erased.size()));
  return kOk;
}

}  // namespace handrail
