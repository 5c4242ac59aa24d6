// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/shim/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace handrail::faults {
namespace {

struct EntryHeader {
  std::uint32_t kind;
  std::uint32_t payload_bytes;
  std::uint64_t inode;
  std::uint64_t a, b, c;
};
constexpr std::size_t kEntryAlignment = 8;

}  // namespace

void Journal::open() {
  const char* path = std::getenv("HANDRAIL_FAULTS");
  const char* root = std::getenv("HANDRAIL_FAULTS_ROOT");
  const char* kept = std::getenv("HANDRAIL_FAULTS_KEPT");
  if (path == nullptr || root == nullptr || kept == nullptr) return;
  const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0) return;
  const auto bytes = static_cast<std::size_t>(info.st_size);
  void* map = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (map == MAP_FAILED) return;
  root_ = root;
  kept_ = kept;
  entries_ = static_cast<char*>(map) + kControlBytes;
  room_ = bytes - kControlBytes;
  control_ = static_cast<Control*>(map);
}

std::string Journal::next_kept_path() {
  return kept_ + "/" + std::to_string(getpid()) + "-" + std::to_string(++kept_count_);
}

void Journal::add(EntryKind kind, std::uint64_t inode, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                  std::string_view payload) {
  const EntryHeader header{
      static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(payload.size()), inode, a, b, c};
  const std::size_t bytes = (sizeof(header) + payload.size() + kEntryAlignment - 1) / kEntryAlignment * kEntryAlignment;
  const std::uint64_t at = control_->journal_bytes;
  if (at + bytes > room_) {
    control_->refused_journal = 1;
    return;
  }
  std::memcpy(entries_ + at, &header, sizeof(header));
  std::memcpy(entries_ + at + sizeof(header), payload.data(), payload.size());
  control_->journal_bytes = at + bytes;
}

}  // namespace handrail::faults
