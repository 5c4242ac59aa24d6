// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace handrail::segments {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kZeroChunk = 1 << 20;

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> File::failed(const char* call) const {
  const bool no_space = errno == ENOSPC || errno == EDQUOT;
  return fail(no_space ? ErrorCode::kUnavailable : ErrorCode::kInternal,
              path_.string() + ": " + call + ": " + std::strerror(errno));
}

Result<File> File::open(const std::filesystem::path& path, int flags) {
  File file;
  file.path_ = path;
  file.fd_ = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
  if (file.fd_ < 0) return file.failed("open");
  return file;
}

Result<void> File::write_at(std::uint64_t position, std::span<iovec> parts) {
  static constexpr std::size_t kPartsMax = 1024;  // IOV_MAX
  while (!parts.empty()) {
    const auto now = static_cast<int>(std::min(parts.size(), kPartsMax));
    ssize_t written = ::pwritev(fd_, parts.data(), now, static_cast<off_t>(position));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write");
    position += static_cast<std::uint64_t>(written);
    while (!parts.empty() && static_cast<std::size_t>(written) >= parts.front().iov_len) {
      written -= static_cast<ssize_t>(parts.front().iov_len);
      parts = parts.subspan(1);
    }
    if (!parts.empty()) {
      parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + written;
      parts.front().iov_len -= static_cast<std::size_t>(written);
    }
  }
  return {};
}

Result<void> File::write_at(std::uint64_t position, std::string_view bytes) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  return write_at(position, std::span(&part, 1));
}

Result<std::string> File::read_at(std::uint64_t position, std::size_t bytes) const {
  std::string out(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(fd_, out.data() + have, bytes - have, static_cast<off_t>(position + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<void> File::allocate(std::uint64_t bytes) {
  if (::fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) == 0) return {};
  if (errno == EOPNOTSUPP) return write_zeros(*this, 0, bytes);
  return failed("fallocate");
}

Result<void> File::sync_data() {
  if (::fdatasync(fd_) != 0) return failed("fdatasync");
  return {};
}

Result<void> File::lock_alone() {
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return fail(ErrorCode::kConflict, path_.string() + ": another handrail process uses this data folder");
  return failed("flock");
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  auto file = File::open(folder, O_RDONLY | O_DIRECTORY);
  if (!file) return pass_on(file);
  return file->sync_data();
}

Result<void> create_folder(const fs::path& folder) {
  std::error_code ec;
  const fs::path absolute = fs::absolute(folder, ec);
  const fs::path above = absolute.parent_path();
  if (above == absolute) return {};
  const bool existed = fs::exists(absolute, ec);
  if (!existed) {
    if (auto created = create_folder(above); !created) return created;
    fs::create_directory(absolute, ec);
    if (ec) return fail(ErrorCode::kInternal, folder.string() + ": cannot be created: " + ec.message());
  }
  if (existed && ::access(above.c_str(), R_OK) != 0) return {};  // not ours to look into
  return sync_folder(above);
}

Result<void> write_zeros(File& file, std::uint64_t from, std::uint64_t to) {
  static const std::string zeros(kZeroChunk, '\0');
  while (from < to) {
    const std::size_t bytes = std::min<std::uint64_t>(zeros.size(), to - from);
    if (auto done = file.write_at(from, std::string_view(zeros).substr(0, bytes)); !done) return done;
    from += bytes;
  }
  return {};
}

Result<void> copy_durably(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, ec);
  if (ec) {
    const bool no_space = ec == std::errc::no_space_on_device;
    return fail(no_space ? ErrorCode::kUnavailable : ErrorCode::kInternal, to.string() + ": copy: " + ec.message());
  }
  auto file = File::open(to, O_RDWR);
  if (!file) return pass_on(file);
  return file->sync_data();
}

Result<void> link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::create_hard_link(from, to, ec);
  if (!ec) return {};
  return copy_durably(from, to);
}

Result<void> write_file_atomically(const fs::path& path, std::string_view content) {
  const fs::path temporary = fs::path(path).concat(".tmp");
  auto file = File::open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return pass_on(file);
  if (auto done = file->write_at(0, content); !done) return done;
  if (auto done = file->sync_data(); !done) return done;
  std::error_code ec;
  fs::rename(temporary, path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": rename: " + ec.message());
  return sync_folder(path.parent_path());
}

}  // namespace handrail::segments
