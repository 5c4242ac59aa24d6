// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/model_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace handrail::xgboost {
namespace {

struct CloseReader {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct CloseWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

std::string why(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown" : text;
}

tl::unexpected<Error> refusal(const std::string& what) {
  return fail(ErrorCode::kInvalidArgument, "model archive: " + what, "archive");
}
tl::unexpected<Error> damaged(archive* a) {
  return fail(ErrorCode::kCorrupt, "model archive: is damaged or cut short: " + why(a), "archive");
}

std::string shown(const std::string& name) {
  constexpr std::size_t kShown = 100;
  return "\"" + (name.size() > kShown ? name.substr(0, kShown) + "..." : name) + "\"";
}

bool leads_outside(const std::string& name) {
  if (name.starts_with('/') || name.find('\\') != std::string::npos || name.find('\0') != std::string::npos)
    return true;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

// Old containers pickle the booster. Their protocol's first byte, and that of the oldest protocol's objects.
bool is_pickle(std::string_view file) {
  return file.starts_with('\x80') || file.starts_with("ccopy_reg") || file.starts_with("(i") || file.starts_with("(dp");
}

constexpr std::uint64_t kEntryBytes = 16 << 10;  // of tar around a file: headers, padding, the end

tl::unexpected<Error> too_large(std::uint64_t limit) {
  return fail(ErrorCode::kLimitExceeded, "model archive: unpacks to more than " + std::to_string(limit) + " bytes",
              "archive", static_cast<std::int64_t>(limit));
}

struct EndInflate {
  void operator()(z_stream* z) const { inflateEnd(z); }
};

// With its checksum compared. One gzip member, as every packer of models writes.
Result<std::string> gunzipped(std::string_view bytes, std::uint64_t bytes_max) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  z_stream z{};
  if (inflateInit2(&z, kGzipOnly) != Z_OK) return fail(ErrorCode::kUnavailable, "no memory to unpack a model");
  const std::unique_ptr<z_stream, EndInflate> end(&z);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 64 << 10> piece;
  for (int outcome = Z_OK; outcome != Z_STREAM_END;) {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = static_cast<uInt>(piece.size());
    outcome = inflate(&z, Z_NO_FLUSH);
    const std::size_t taken = piece.size() - z.avail_out;
    if (outcome == Z_BUF_ERROR || (outcome == Z_OK && taken == 0 && z.avail_in == 0))
      return fail(ErrorCode::kCorrupt, "model archive: is cut short", "archive");
    if (outcome != Z_OK && outcome != Z_STREAM_END)
      return fail(ErrorCode::kCorrupt,
                  std::string("model archive: is damaged: ") + (z.msg == nullptr ? "no gzip" : z.msg), "archive");
    if (out.size() + taken > bytes_max) return too_large(bytes_max);
    out.append(piece.data(), taken);
  }
  // Padding to a tape's block is no harm.
  if (bytes.substr(bytes.size() - z.avail_in).find_first_not_of('\0') != std::string_view::npos)
    return fail(ErrorCode::kCorrupt, "model archive: something follows its end", "archive");
  return out;
}

// Takes an archive apart, entry by entry.
class Unpacking {
 public:
  Unpacking(std::string_view bytes, const ArchiveLimits& limits) : bytes_(bytes), limits_(limits) {}

  Result<ArchivedModel> model() {
    if (auto done = open(); !done) return pass_on(done);
    while (true) {
      archive_entry* entry = nullptr;
      const int outcome = archive_read_next_header(reader_.get(), &entry);
      if (outcome == ARCHIVE_EOF) break;
      if (outcome != ARCHIVE_OK && outcome != ARCHIVE_WARN) return damaged(reader_.get());
      if (auto done = take(entry); !done) return pass_on(done);
    }
    return chosen();
  }

 private:
  struct File {
    std::string name;
    std::string bytes;
  };

  // gzip is unpacked here, since libarchive does not look at its checksum.
  Result<void> open() {
    archive* const a = reader_.get();
    if (a == nullptr) return fail(ErrorCode::kUnavailable, "no memory to unpack a model");
    if (bytes_.starts_with("\x1F\x8B")) {
      auto tar = gunzipped(bytes_, limits_.unpacked_bytes_max + limits_.entries_max * kEntryBytes);
      if (!tar) return pass_on(tar);
      tar_ = std::move(*tar);
      bytes_ = tar_;
    }
    if (archive_read_support_format_tar(a) != ARCHIVE_OK)
      return fail(ErrorCode::kInternal, "libarchive was built without tar");
    if (archive_read_open_memory(a, bytes_.data(), bytes_.size()) != ARCHIVE_OK)
      return fail(ErrorCode::kCorrupt, "model archive: is no tar, with or without gzip: " + why(a), "archive");
    return {};
  }

  Result<void> take(archive_entry* entry) {
    const char* path = archive_entry_pathname_utf8(entry);
    if (path == nullptr) return refusal("an entry's name is no UTF-8");
    std::string name = path;
    if (++entries_ > limits_.entries_max)
      return fail(
          ErrorCode::kLimitExceeded,
          "model archive: has more than " + std::to_string(limits_.entries_max) + " entries; pack the model alone",
          "archive", static_cast<std::int64_t>(limits_.entries_max));
    if (leads_outside(name)) return refusal(shown(name) + " leads outside the archive");
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
      return refusal(shown(name) + " is a link; pack the file itself");
    const auto kind = archive_entry_filetype(entry);
    if (kind == AE_IFDIR) return {};
    if (kind != AE_IFREG) return refusal(shown(name) + " is neither a file nor a folder");
    while (name.starts_with("./")) name.erase(0, 2);
    return read(std::move(name));
  }

  // Every file is read, also those that are not wanted: what is beyond the limits is refused either way.
  Result<void> read(std::string name) {
    const bool is_wanted = may_be_model(name);
    std::string file;
    std::array<char, 64 << 10> piece;
    while (true) {
      const la_ssize_t taken = archive_read_data(reader_.get(), piece.data(), piece.size());
      if (taken < 0) return damaged(reader_.get());
      if (taken == 0) break;
      unpacked_ += static_cast<std::uint64_t>(taken);
      if (unpacked_ > limits_.unpacked_bytes_max) return too_large(limits_.unpacked_bytes_max);
      if (is_wanted) file.append(piece.data(), static_cast<std::size_t>(taken));
    }
    files_.push_back({std::move(name), std::move(file)});
    return {};
  }

  static bool may_be_model(const std::string& name) {
    if (name.find('/') != std::string::npos) return false;
    return name == kArchivedName || name.ends_with(".json") || name.ends_with(".ubj");
  }

  Result<ArchivedModel> chosen() {
    std::vector<File*> named, like;
    for (File& file : files_) {
      if (file.name == kArchivedName) named.push_back(&file);
      if (may_be_model(file.name)) like.push_back(&file);
    }
    const std::vector<File*>& from = named.empty() ? like : named;
    if (from.empty()) return refusal(nothing_fits());
    if (from.size() > 1)
      return refusal("holds several models: " + shown(from[0]->name) + " and " + shown(from[1]->name) + "; pack one");
    File& file = *from[0];
    if (file.bytes.empty()) return refusal(shown(file.name) + " is empty");
    if (is_pickle(file.bytes))
      return refusal(shown(file.name) +
                     " is a pickle of Python's, which could run anything when it is loaded. Where you trust it: "
                     "pickle.load it there, booster.save_model(\"model.json\"), and pack that as xgboost-model");
    ArchivedModel model{file.name, std::move(file.bytes), {}};
    for (const File& other : files_) {
      if (&other != &file) model.left_out.push_back(other.name);
    }
    return model;
  }

  std::string nothing_fits() const {
    std::string what = "holds no xgboost-model";
    if (files_.empty()) return what + "; it is empty";
    return what + ", but " + shown(files_[0].name) + (files_.size() > 1 ? " and others" : "") +
           "; several of a cross-validation (xgboost-model-0, ...) are not one model";
  }

  std::string_view bytes_;
  std::string tar_;  // what bytes_ looks at, where there was gzip
  const ArchiveLimits limits_;
  std::unique_ptr<archive, CloseReader> reader_{archive_read_new()};
  std::vector<File> files_;
  std::uint64_t entries_ = 0, unpacked_ = 0;
};

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t count) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

}  // namespace

bool is_archive(std::string_view bytes) {
  constexpr std::size_t kTarMark = 257;
  return bytes.starts_with("\x1F\x8B") || (bytes.size() > kTarMark && bytes.substr(kTarMark).starts_with("ustar"));
}

Result<ArchivedModel> model_in_archive(std::string_view archive, const ArchiveLimits& limits) {
  if (archive.size() > kArchiveBytesMax)
    return fail(ErrorCode::kLimitExceeded, "model archive: has more than 256 MiB", "archive", kArchiveBytesMax);
  return Unpacking(archive, limits).model();
}

Result<std::string> archive_of_model(std::string_view file) {
  if (file.size() > kModelBytesMax)
    return fail(ErrorCode::kLimitExceeded, "a model's file has 256 MiB at most", "model", kModelBytesMax);
  std::string out;
  const std::unique_ptr<archive, CloseWriter> writer(archive_write_new());
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive* const a = writer.get();
  if (a == nullptr || entry == nullptr) return fail(ErrorCode::kUnavailable, "no memory to pack a model");
  archive_entry_set_pathname(entry.get(), std::string(kArchivedName).c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), 0, 0);  // and none in gzip's header: the same model, the same bytes
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size()));
  const bool is_done = archive_write_set_format_ustar(a) == ARCHIVE_OK &&
                       archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
                       archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&  // no padding
                       archive_write_set_filter_option(a, "gzip", "timestamp", nullptr) == ARCHIVE_OK &&
                       archive_write_open(a, &out, nullptr, append, nullptr) == ARCHIVE_OK &&
                       archive_write_header(a, entry.get()) == ARCHIVE_OK &&
                       archive_write_data(a, file.data(), file.size()) == static_cast<la_ssize_t>(file.size()) &&
                       archive_write_close(a) == ARCHIVE_OK;
  if (!is_done) return fail(ErrorCode::kInternal, "the model could not be packed: " + why(a));
  return out;
}

}  // namespace handrail::xgboost
