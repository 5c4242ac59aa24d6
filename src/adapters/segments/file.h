// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"

namespace handrail::segments {

// A file descriptor that closes itself, and the few calls the log makes on it. Every failure names the file and the
// call; ENOSPC and EDQUOT come back as kUnavailable, the rest as kInternal.
class File {
 public:
  File() = default;
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  static Result<File> open(const std::filesystem::path& path, int flags);

  Result<void> write_at(std::uint64_t position, std::span<iovec> parts);
  Result<void> write_at(std::uint64_t position, std::string_view bytes);
  // Exactly `bytes`, or fewer at the end of the file.
  Result<std::string> read_at(std::uint64_t position, std::size_t bytes) const;
  // Reserves the space of [0, bytes); it reads as zeros.
  Result<void> allocate(std::uint64_t bytes);
  Result<void> sync_data();
  // kConflict when another process holds the file. Held until the file closes, also by a killed process's end.
  Result<void> lock_alone();
  const std::filesystem::path& path() const { return path_; }
  void set_path(std::filesystem::path path) { path_ = std::move(path); }

 private:
  tl::unexpected<Error> failed(const char* call) const;

  int fd_ = -1;
  std::filesystem::path path_;
};

// Fills [from, to) with zeros.
Result<void> write_zeros(File& file, std::uint64_t from, std::uint64_t to);

// Writes a small file whose content is whole or absent after a crash.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);

// Creates the folder and those above it that are missing, and makes their names durable; also the name of one that a
// process before this one created and did not live to sync.
Result<void> create_folder(const std::filesystem::path& folder);

// Copies a file and makes the copy durable; its name is so after sync_folder().
Result<void> copy_durably(const std::filesystem::path& from, const std::filesystem::path& to);
// Gives the file a second name, or copies it where the file system cannot.
Result<void> link_or_copy(const std::filesystem::path& from, const std::filesystem::path& to);

// Makes renames and new files in the folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace handrail::segments
