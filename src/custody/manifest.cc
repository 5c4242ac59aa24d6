// SPDX-License-Identifier: Apache-2.0
#include "custody/manifest.h"

#include <fcntl.h>

#include <algorithm>
#include <sstream>

#include "adapters/segments/file.h"
#include "base/id.h"

namespace handrail::custody {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPiece = 4 << 20;
constexpr std::size_t kManifestBytesMax = 64 << 20;

Result<std::string> hash_of(const fs::path& path, const std::stop_token& stop = {}) {
  auto file = segments::File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  Id128 hash;
  for (std::uint64_t at = 0;;) {
    if (stop.stop_requested()) return fail(ErrorCode::kUnavailable, "stopped");
    auto piece = file->read_at(at, kPiece);
    if (!piece) return pass_on(piece);
    if (piece->empty()) return hash.hex();
    hash = id_of({hash.bytes(), *piece});
    at += piece->size();
  }
}

// In the order of their paths, without hashes.
std::vector<CopiedFile> files_of(const fs::path& copy) {
  std::vector<CopiedFile> files;
  for (const auto& item : fs::recursive_directory_iterator(copy)) {
    if (!item.is_regular_file() || item.path().filename() == "LOCK" || item.path() == copy / kManifestName) continue;
    files.push_back({fs::relative(item.path(), copy).string(), item.file_size(), {}});
  }
  std::ranges::sort(files, {}, &CopiedFile::path);
  return files;
}

tl::unexpected<Error> damaged(const fs::path& path, const std::string& why) {
  return fail(ErrorCode::kCorrupt, path.string() + ": " + why);
}

}  // namespace

std::uint64_t Manifest::bytes() const {
  std::uint64_t sum = 0;
  for (const CopiedFile& file : files) sum += file.bytes;
  return sum;
}

std::string encode(const Manifest& m) {
  std::ostringstream out;
  out << "handrail-copy " << Manifest::kFormat << "\nat " << m.at << "\nbegin " << m.begin << "\nend " << m.end
      << "\nnext " << m.next << '\n';
  for (const CopiedFile& file : m.files) out << "file " << file.bytes << ' ' << file.hash << ' ' << file.path << '\n';
  const std::string text = out.str();
  return text + "sum " + std::to_string(hash64(text)) + '\n';
}

Result<Manifest> decode_manifest(const std::string& text, const fs::path& where) {
  std::istringstream in(text);
  std::string word;
  int format = 0;
  if (!(in >> word >> format) || word != "handrail-copy") return damaged(where, "is no manifest of a copy");
  if (format > Manifest::kFormat)
    return damaged(where, "has format " + std::to_string(format) + ", newer than this program (it reads up to " +
                              std::to_string(Manifest::kFormat) + ")");
  const std::size_t sum = text.rfind("sum ");
  if (sum == std::string::npos || text.substr(sum) != "sum " + std::to_string(hash64(text.substr(0, sum))) + '\n')
    return damaged(where, "damaged: the checksum is wrong");
  Manifest m;
  in >> word >> m.at >> word >> m.begin >> word >> m.end >> word >> m.next;
  while (in >> word && word == "file") {
    CopiedFile& file = m.files.emplace_back();
    in >> file.bytes >> file.hash >> std::ws;
    std::getline(in, file.path);
    const fs::path path(file.path);
    const bool leaves = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
    if (leaves) return damaged(where, "names a file outside of the copy: " + file.path);
  }
  return m;
}

Result<Manifest> read_manifest(const fs::path& copy) {
  const fs::path path = copy / kManifestName;
  std::error_code ec;
  if (!fs::exists(path, ec)) return fail(ErrorCode::kNotFound, copy.string() + ": there is no backup here");
  auto file = segments::File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  auto text = file->read_at(0, kManifestBytesMax);
  if (!text) return pass_on(text);
  return decode_manifest(*text, path);
}

Result<void> write_manifest(const fs::path& copy, Manifest& manifest, const std::stop_token& stop,
                            const std::function<void(double)>& progress) {
  std::error_code ec;
  const fs::file_time_type written = fs::last_write_time(copy / kManifestName, ec);
  const std::vector<CopiedFile> known = ec ? std::vector<CopiedFile>{} : std::move(manifest.files);
  manifest.files = files_of(copy);
  const double bytes = static_cast<double>(std::max<std::uint64_t>(manifest.bytes(), 1));
  std::uint64_t done = 0;
  for (CopiedFile& file : manifest.files) {
    const auto before = std::ranges::lower_bound(known, file.path, {}, &CopiedFile::path);
    const bool is_known = before != known.end() && before->path == file.path;
    if (is_known && before->bytes == file.bytes && fs::last_write_time(copy / file.path) < written) {
      file.hash = before->hash;
    } else {
      auto hash = hash_of(copy / file.path, stop);
      if (!hash) return pass_on(hash);
      file.hash = std::move(*hash);
    }
    done += file.bytes;
    progress(static_cast<double>(done) / bytes);
  }
  return segments::write_file_atomically(copy / kManifestName, encode(manifest));
}

Result<Manifest> verify(const fs::path& copy, const std::function<void(double)>& progress) {
  auto manifest = read_manifest(copy);
  if (!manifest) return manifest;
  const double bytes = static_cast<double>(std::max<std::uint64_t>(manifest->bytes(), 1));
  std::uint64_t done = 0;
  for (const CopiedFile& file : manifest->files) {
    const fs::path path = copy / file.path;
    std::error_code ec;
    if (fs::file_size(path, ec) != file.bytes || ec) return damaged(path, "is missing, or has another size");
    auto hash = hash_of(path);
    if (!hash) return pass_on(hash);
    if (*hash != file.hash) return damaged(path, "damaged: the checksum is wrong");
    done += file.bytes;
    progress(static_cast<double>(done) / bytes);
  }
  return manifest;
}

}  // namespace handrail::custody
