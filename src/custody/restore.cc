// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>

#include "adapters/segments/file.h"
#include "custody/copies.h"
#include "custody/erase_copy.h"
#include "custody/manifest.h"

namespace handrail::custody {
namespace fs = std::filesystem;
namespace {

constexpr double kVerified = 0.4;  // of the whole work

bool holds_data(const fs::path& folder) {
  std::error_code ec;
  return fs::exists(folder / "log", ec) || fs::exists(folder / "state", ec);
}

Result<void> copy_one(const fs::path& from, const fs::path& to) {
  if (auto there = segments::create_folder(to.parent_path()); !there) return there;
  return segments::copy_durably(from, to);
}

// What comes after the backup's end is another's history: there the old offsets do not count.
Result<void> forget(const RestoreOptions& options, const Manifest& manifest) {
  if (options.erased.empty()) return {};
  std::vector<ErasedVisitor> erased = options.erased;
  for (ErasedVisitor& one : erased) {
    one.below = std::min(one.below, manifest.end);
    one.gone_at = one.at;
  }
  if (auto done = erase_from_log(options.data / "log", erased); !done) return done;
  return erase_from_state(options.open_state, options.data / "state", erased);
}

Result<void> copy_all(const RestoreOptions& options, const Manifest& manifest) {
  std::uint64_t done = 0;
  for (const CopiedFile& file : manifest.files) {
    if (auto copied = copy_one(options.backup / file.path, options.data / file.path); !copied) return copied;
    done += file.bytes;
    const double share = static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(manifest.bytes(), 1));
    options.progress(kVerified + (1 - kVerified) * share);
  }
  return forget(options, manifest);
}

}  // namespace

Result<std::vector<ErasedVisitor>> read_erased(const fs::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::kNotFound, file.string() + ": cannot be read");
  std::vector<ErasedVisitor> out;
  std::string hash;
  for (ErasedVisitor erased; in >> hash >> erased.below >> erased.at;) {
    const auto id = Id128::parse(hash);
    if (!id) return fail(ErrorCode::kCorrupt, file.string() + ": is no list of erased visitors");
    erased.visitor = VisitorKey{*id};
    out.push_back(erased);
  }
  if (!in.eof()) return fail(ErrorCode::kCorrupt, file.string() + ": is no list of erased visitors");
  return out;
}

Result<Manifest> restore(const RestoreOptions& options) {
  if (holds_data(options.data))
    return fail(ErrorCode::kConflict, options.data.string() + ": holds data already; restore into another folder");
  auto manifest = verify(options.backup, [&](double share) { options.progress(kVerified * share); });
  if (!manifest) return manifest;
  if (auto done = copy_all(options, *manifest); !done) {
    std::error_code ec;
    fs::remove_all(options.data / "log", ec);
    fs::remove_all(options.data / "state", ec);
    return pass_on(done);
  }
  return manifest;
}

}  // namespace handrail::custody
