// SPDX-License-Identifier: Apache-2.0
#include "adapters/rocksdb/seal.h"

#include <rocksdb/env.h>

#include <sstream>

#include "base/id.h"

namespace handrail {
namespace {

constexpr const char* kSeal = "SEAL";
constexpr const char* kCurrent = "CURRENT";

std::string sealed(const std::string& name, std::uint64_t bytes) {
  const std::string text = name + " " + std::to_string(bytes);
  return text + " " + std::to_string(hash64(text)) + "\n";
}

tl::unexpected<Error> failed(const rocksdb::Status& status, const std::string& path) {
  return fail(status.IsNoSpace() ? ErrorCode::kUnavailable : ErrorCode::kInternal, path + ": " + status.ToString());
}

}  // namespace

ManifestSeal::ManifestSeal(rocksdb::Env& env, std::filesystem::path folder) : env_(env), folder_(std::move(folder)) {}

Result<void> ManifestSeal::check() const {
  const std::string path = path_of(kSeal);
  if (!env_.FileExists(path).ok()) return {};
  const auto damaged = [](const std::string& file, const std::string& why) {
    return fail(ErrorCode::kCorrupt, file + ": " + why);
  };
  std::string text;
  if (const auto read = rocksdb::ReadFileToString(&env_, path, &text); !read.ok()) return failed(read, path);
  std::string name;
  std::uint64_t bytes = 0;
  std::istringstream(text) >> name >> bytes;
  if (text != sealed(name, bytes)) return damaged(path, "damaged");
  auto now = current();
  if (!now) return damaged(path_of(kCurrent), "missing or damaged: " + now.error().message);
  // A newer one was written whole before CURRENT named it. Numbers have six digits or more.
  const bool is_newer = std::pair(now->name.size(), now->name) > std::pair(name.size(), name);
  if (is_newer || (now->name == name && now->bytes >= bytes)) return {};
  return damaged(path_of(now->name), "ends at byte " + std::to_string(now->bytes) + ", but " + name + " had " +
                                         std::to_string(bytes) + " bytes");
}

Result<void> ManifestSeal::renew() {
  auto now = current();
  if (!now) return pass_on(now);
  const std::string text = sealed(now->name, now->bytes);
  if (text == written_) return {};
  const std::string manifest = path_of(now->name);
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status done = env_.ReopenWritableFile(manifest, &file, {});
  if (done.ok()) done = file->Fsync();
  if (!done.ok()) return failed(done, manifest);
  const std::string path = path_of(kSeal);
  std::unique_ptr<rocksdb::Directory> folder;
  done = rocksdb::WriteStringToFile(&env_, text, path + ".tmp", true);
  if (done.ok()) done = env_.RenameFile(path + ".tmp", path);
  if (done.ok()) done = env_.NewDirectory(folder_.string(), &folder);
  if (done.ok()) done = folder->Fsync();
  if (!done.ok()) return failed(done, path);
  written_ = text;
  return {};
}

Result<ManifestSeal::Manifest> ManifestSeal::current() const {
  Manifest manifest;
  if (const auto read = rocksdb::ReadFileToString(&env_, path_of(kCurrent), &manifest.name); !read.ok())
    return failed(read, path_of(kCurrent));
  if (manifest.name.empty() || manifest.name.back() != '\n') return fail(ErrorCode::kCorrupt, "it has no whole line");
  manifest.name.pop_back();
  if (const auto sized = env_.GetFileSize(path_of(manifest.name), &manifest.bytes); !sized.ok())
    return failed(sized, path_of(manifest.name));
  return manifest;
}

}  // namespace handrail
