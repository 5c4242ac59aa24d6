// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "apps/cloud.h"
#include "apps/commands.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "base/crypto.h"
#include "base/utc.h"
#include "moving/embedded_target.h"
#include "moving/move.h"
#include "moving/shared_target.h"

namespace handrail {
namespace {

namespace json = boost::json;

constexpr std::size_t kAtOnce = 16;  // visitors of tables, each a thread that waits for I/O

int report_fault(const Error& error) {
  fmt::print(stderr, "handrail: {}\n", error.message);
  return error.code == ErrorCode::kCorrupt ? static_cast<int>(kCheckFailed) : exit_code_of(error);
}

// Tables, with what leads to them.
struct Tables {
  SystemClock clock;
  std::unique_ptr<Cloud> cloud;

  moving::SharedSource::Parts parts() const {
    return {cloud->database(), cloud->tables(), cloud->state(), cloud->history(), cloud->control_log()};
  }
};

Result<std::unique_ptr<Tables>> open_tables(const Config& config) {
  auto tables = std::make_unique<Tables>();
  auto cloud = Cloud::make(config, tables->clock);
  if (!cloud) return pass_on(cloud);
  tables->cloud = std::move(*cloud);
  if (auto opened = tables->cloud->open_lists_to_move(); !opened) return pass_on(opened);
  return tables;
}

moving::EmbeddedSource::OpenState open_to_read(const Config& config) {
  return [config](const std::filesystem::path& folder) -> Result<std::unique_ptr<TableStateStore>> {
    RocksdbOptions options = state_options(config, folder);
    options.is_read_only = true;
    auto tables = open_rocksdb_tables(options);
    if (!tables) return pass_on(tables);
    return TableStateStore::open(std::move(*tables));
  };
}

// The house that is there, as a source; `tables` keeps what it needs.
Result<std::unique_ptr<moving::Source>> open_source(const Config& config, const std::string& house,
                                                    std::unique_ptr<Tables>& tables) {
  if (house == "data") {
    auto source = moving::EmbeddedSource::open({config.data, open_to_read(config)});
    if (!source) return pass_on(source);
    return std::unique_ptr<moving::Source>(std::move(*source));
  }
  auto opened = open_tables(config);
  if (!opened) return pass_on(opened);
  tables = std::move(*opened);
  if (auto whole = moving::check_moved_in(tables->cloud->database()); !whole) return pass_on(whole);
  return std::unique_ptr<moving::Source>(std::make_unique<moving::SharedSource>(tables->parts(), kAtOnce));
}

Result<std::unique_ptr<moving::Target>> open_target(const Config& config, const std::string& house,
                                                    std::unique_ptr<Tables>& tables) {
  if (house == "data") {
    moving::EmbeddedTarget::Options options{config.data, open_state_of(config),
                                            static_cast<std::uint64_t>(config.log.segment_bytes), kVersion};
    return std::unique_ptr<moving::Target>(std::make_unique<moving::EmbeddedTarget>(std::move(options)));
  }
  auto opened = open_tables(config);
  if (!opened) return pass_on(opened);
  tables = std::move(*opened);
  return std::unique_ptr<moving::Target>(
      std::make_unique<moving::SharedTarget>(tables->parts(), tables->clock, kAtOnce));
}

json::object described(const moving::Manifest& m) {
  json::object sections;
  for (std::size_t i = 0; i < moving::kSections; ++i) {
    sections[moving::name_of(static_cast<moving::Section>(i))] =
        json::object{{"count", m.whole.of[i].count}, {"hash", m.whole.of[i].hash.hex()}};
  }
  return {{"export", m.id}, {"source", m.source}, {"at", m.at}, {"parts", m.parts}, {"sections", std::move(sections)}};
}

void print(const char* done, const moving::Manifest& m, bool as_json) {
  if (as_json) return fmt::print("{}\n", json::serialize(described(m)));
  fmt::print("{}: export {} of {}, {} parts\n", done, m.id, utc(m.at), m.parts);
  for (std::size_t i = 0; i < moving::kSections; ++i) {
    fmt::print("{:>14} {:>10}  {}\n", moving::name_of(static_cast<moving::Section>(i)), m.whole.of[i].count,
               m.whole.of[i].hash.hex());
  }
}

moving::Reached shown(Progress& progress, std::uint64_t of) {
  return [&progress, of](std::uint64_t boxes) {
    progress.at(of == 0 ? 1 : static_cast<double>(boxes) / static_cast<double>(of), fmt::format("{} visitors", boxes));
  };
}

int verify(const Config& config, const ImportFlags& flags, const moving::Manifest& manifest) {
  if (!flags.verify_only) {
    print("whole", manifest, flags.as_json);
    return kOk;
  }
  std::unique_ptr<Tables> tables;
  auto source = open_source(config, flags.to, tables);
  if (!source) return report_fault(source.error());
  Progress progress("verifying");
  auto same = moving::verify(manifest, **source, shown(progress, manifest.boxes));
  progress.finish();
  if (!same) return report_fault(same.error());
  print("the same", manifest, flags.as_json);
  return kOk;
}

}  // namespace

int run_export(const LoadedConfig& loaded, const ExportFlags& flags) {
  ::umask(0077);
  std::unique_ptr<Tables> tables;
  auto source = open_source(loaded.config, flags.from, tables);
  if (!source) return report_fault(source.error());
  auto visitors = (*source)->visitors();
  if (!visitors) return report_fault(visitors.error());
  Progress progress("exporting");
  moving::ExportOptions options{kVersion, Id128::from_bytes(random_bytes(16)).hex(), SystemClock{}.now() / 1000,
                                flags.part_bytes, shown(progress, visitors->size())};
  auto manifest = moving::export_house(**source, moving::Crate{flags.folder}, options);
  progress.finish();
  if (!manifest) return report_fault(manifest.error());
  print("exported", *manifest, flags.as_json);
  return kOk;
}

int run_import(const LoadedConfig& loaded, const ImportFlags& flags) {
  const moving::Crate crate{flags.folder};
  auto manifest = crate.manifest();
  if (manifest && !*manifest)
    return report_fault({ErrorCode::kNotFound, flags.folder + ": holds no finished export; repeat handrail export"});
  if (!manifest) return report_fault(manifest.error());
  if (flags.check_only || flags.verify_only) {
    auto whole = moving::check(crate, [](auto) {});
    if (!whole) return report_fault(whole.error());
    return verify(loaded.config, flags, *whole);
  }
  std::unique_ptr<Tables> tables;
  auto target = open_target(loaded.config, flags.to, tables);
  if (!target) return report_fault(target.error());
  Progress progress("importing");
  auto imported = moving::import_house(crate, **target, shown(progress, (*manifest)->boxes));
  progress.finish();
  if (!imported) return report_fault(imported.error());
  print("imported, and read back the same", *imported, flags.as_json);
  return kOk;
}

}  // namespace handrail
