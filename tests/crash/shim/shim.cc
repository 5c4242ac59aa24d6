// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <vector>

#include "tests/crash/shim/journal.h"

// Stands between `handrail` (RocksDB included) and the C library, by LD_PRELOAD, and makes storage behave as badly as
// it may. Real writes go through, so that the process sees what it wrote. What no sync covers is noted in a journal
// from which the harness restores the disk as a power loss would leave it (tests/crash/power_loss.py). This rather than
// holding writes back: reads, mappings and renames need no emulation, and the choice of what survives (nothing, a
// prefix, torn sectors) is made once, outside, by a seed.
//
// The model is POSIX at its strictest: a file's bytes and size are durable by a sync of the file, its name by a sync of
// the folder that holds it. Bytes written through stdio or a mapping do not pass here; nothing that must last is
// written so.
//
// Everything goes to the kernel by syscall(), never to the next library: no order of loading can break it.
namespace {

using handrail::faults::Control;
using handrail::faults::EntryKind;
using handrail::faults::Journal;
using handrail::faults::RuleKind;

Journal& journal() {
  static Journal* const kept_for_ever = [] {  // calls come before constructors ran and after destructors did
    auto* made = new Journal;
    made->open();
    return made;
  }();
  return *kept_for_ever;
}

struct Tracked {
  std::atomic<std::uint64_t> inode{0};  // 0: not under the root
  char path[256];
};
constexpr int kDescriptorsMax = 1 << 16;
std::array<Tracked, kDescriptorsMax> tracked_files;

Tracked* tracked(int fd) {
  if (fd < 0 || fd >= kDescriptorsMax) return nullptr;
  Tracked& file = tracked_files[static_cast<std::size_t>(fd)];
  return file.inode != 0 ? &file : nullptr;
}

std::uint64_t inode_of(const std::string& path) {
  struct stat info {};
  return syscall(SYS_newfstatat, AT_FDCWD, path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 ? info.st_ino : 0;
}
std::uint64_t size_of(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Counts a write, sync or folder operation, and kills the process instead of it when it is the one.
void at_boundary() {
  Control& control = journal().control();
  if (++control.boundaries == control.kill_at) syscall(SYS_kill, getpid(), SIGKILL);
}

// Whether the rule says that this call of `kind` on `path` is to fail.
bool rule_hits(RuleKind kind, const char* path) {
  Control& control = journal().control();
  if (control.rule_kind != kind || std::string_view(path).find(control.rule_path) == std::string_view::npos)
    return false;
  const std::uint64_t call = ++control.rule_calls;
  if (call < control.rule_first || call - control.rule_first >= control.rule_times) return false;
  ++control.rule_failed;
  return true;
}
int rule_errno() { return static_cast<int>(journal().control().rule_errno.load()); }

// The bytes of a file, also of one that is open for writing only.
std::string bytes_at(int fd, std::uint64_t from, std::uint64_t to) {
  if (from >= to) return {};
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  const long reader = syscall(SYS_openat, AT_FDCWD, self.c_str(), O_RDONLY | O_CLOEXEC, 0);
  std::string out(to - from, '\0');
  const long got = reader < 0 ? -1 : syscall(SYS_pread64, reader, out.data(), out.size(), from);
  if (reader >= 0) syscall(SYS_close, reader);
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

void note_write(int fd, const Tracked& file, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t size = size_of(fd);
  journal().add(EntryKind::kWrite, file.inode, offset, bytes, size,
                bytes_at(fd, offset, std::min(offset + bytes, size)));
}

void note_resize(int fd, const Tracked& file, std::uint64_t size) {
  const std::uint64_t before = size_of(fd);
  journal().add(EntryKind::kResize, file.inode, size, 0, before, bytes_at(fd, size, before));
}

std::uint64_t bytes_of(const iovec* parts, int count) {
  std::uint64_t bytes = 0;
  for (int i = 0; i < count; ++i) bytes += parts[i].iov_len;
  return bytes;
}

// A write at `offset`, or where the file stands (and then moves on).
constexpr std::int64_t kWhereItStands = -1;
ssize_t write_tracked(int fd, Tracked& file, const iovec* parts, int count, std::int64_t offset) {
  at_boundary();
  if (rule_hits(RuleKind::kFailWrites, file.path)) {
    errno = rule_errno();
    return -1;
  }
  std::vector<iovec> now(parts, parts + count);
  std::uint64_t bytes = bytes_of(parts, count);
  if (bytes > 1 && rule_hits(RuleKind::kShortenWrites, file.path)) {
    bytes /= 2;
    for (std::uint64_t left = bytes; iovec & part : now) {
      part.iov_len = std::min<std::uint64_t>(part.iov_len, left);
      left -= part.iov_len;
    }
  }
  std::lock_guard lock(journal().mutex);
  if (offset == kWhereItStands) {
    const bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    note_write(fd, file, appends ? size_of(fd) : static_cast<std::uint64_t>(syscall(SYS_lseek, fd, 0, SEEK_CUR)),
               bytes);
    return syscall(SYS_writev, fd, now.data(), count);
  }
  note_write(fd, file, static_cast<std::uint64_t>(offset), bytes);
  return syscall(SYS_pwritev, fd, now.data(), count, offset, 0);
}

int sync_tracked(int fd, Tracked& file, long number) {
  at_boundary();
  const std::uint64_t inode = file.inode;
  std::uint64_t covered = 0;
  {
    std::lock_guard lock(journal().mutex);
    covered = journal().bytes();
  }
  const Control& control = journal().control();
  if (rule_hits(RuleKind::kFailSyncs, file.path)) {  // as Linux does: the error is told once, the pages stay unwritten
    errno = rule_errno();
    return -1;
  }
  if (control.sync_for_real != 0 && syscall(number, fd) != 0) return -1;
  if (control.sync_takes_us != 0) {
    const timespec span{0, static_cast<long>((covered * 2654435761U >> 8) % (control.sync_takes_us * 1000))};
    syscall(SYS_nanosleep, &span, nullptr);
  }
  std::lock_guard lock(journal().mutex);
  journal().add(EntryKind::kSynced, inode, covered, 0, 0, {});
  return 0;
}

void track(int fd, const std::string& path) {
  if (fd < 0 || fd >= kDescriptorsMax) return;
  Tracked& file = tracked_files[static_cast<std::size_t>(fd)];
  std::snprintf(file.path, sizeof(file.path), "%s", path.c_str());
  struct stat info {};
  file.inode = fstat(fd, &info) == 0 ? info.st_ino : 0;
}

int open_file(int folder, const char* path, int flags, mode_t mode) {
  const bool is_ours = path != nullptr && (folder == AT_FDCWD || path[0] == '/') && journal().covers(path);
  const bool changes = is_ours && (flags & (O_CREAT | O_TRUNC)) != 0 && (flags & O_TMPFILE) != O_TMPFILE;
  if (!changes) {
    const int fd = static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
    if (is_ours) track(fd, path);
    return fd;
  }
  at_boundary();
  std::lock_guard lock(journal().mutex);
  const std::uint64_t before = inode_of(path);
  if (before == 0) journal().add(EntryKind::kCreate, 0, inode_of(folder_of(path)), 0, 0, path);
  const int fd = static_cast<int>(syscall(SYS_openat, folder, path, flags & ~O_TRUNC, mode));
  track(fd, path);
  if (Tracked* file = tracked(fd); file != nullptr && (flags & O_TRUNC) != 0 && before != 0) {
    note_resize(fd, *file, 0);
    syscall(SYS_ftruncate, fd, 0);
  }
  return fd;
}

int rename_file(const std::string& from, const std::string& to) {
  at_boundary();
  std::lock_guard lock(journal().mutex);
  std::string kept;
  if (inode_of(to) != 0) {
    kept = journal().next_kept_path();
    syscall(SYS_linkat, AT_FDCWD, to.c_str(), AT_FDCWD, kept.c_str(), 0);
  }
  const std::uint64_t inode = inode_of(from);
  for (Tracked& file : tracked_files) {
    if (file.inode == inode) std::snprintf(file.path, sizeof(file.path), "%s", to.c_str());
  }
  journal().add(EntryKind::kRename, inode, inode_of(folder_of(from)), inode_of(folder_of(to)), 0,
                from + '\0' + to + '\0' + kept);
  return static_cast<int>(syscall(SYS_rename, from.c_str(), to.c_str()));
}

int unlink_file(const std::string& path) {
  at_boundary();
  std::lock_guard lock(journal().mutex);
  const std::string kept = journal().next_kept_path();
  if (syscall(SYS_linkat, AT_FDCWD, path.c_str(), AT_FDCWD, kept.c_str(), 0) == 0)
    journal().add(EntryKind::kUnlink, inode_of(path), inode_of(folder_of(path)), 0, 0, path + '\0' + kept);
  return static_cast<int>(syscall(SYS_unlink, path.c_str()));
}

timespec shifted(timespec at) {
  const std::int64_t offset = journal().is_open() ? journal().control().clock_offset_ns.load() : 0;
  const std::int64_t ns = static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec + offset;
  return {ns / 1'000'000'000, ns % 1'000'000'000};
}

mode_t mode_argument(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

int close(int fd) {
  if (Tracked* file = tracked(fd)) file->inode = 0;
  return static_cast<int>(syscall(SYS_close, fd));
}

ssize_t write(int fd, const void* bytes, size_t count) {
  Tracked* file = tracked(fd);
  if (file == nullptr) return syscall(SYS_write, fd, bytes, count);
  const iovec part{const_cast<void*>(bytes), count};
  return write_tracked(fd, *file, &part, 1, kWhereItStands);
}
ssize_t writev(int fd, const iovec* parts, int count) {
  Tracked* file = tracked(fd);
  if (file == nullptr) return syscall(SYS_writev, fd, parts, count);
  return write_tracked(fd, *file, parts, count, kWhereItStands);
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  Tracked* file = tracked(fd);
  if (file == nullptr) return syscall(SYS_pwrite64, fd, bytes, count, offset);
  const iovec part{const_cast<void*>(bytes), count};
  return write_tracked(fd, *file, &part, 1, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) __attribute__((alias("pwrite")));
ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
  Tracked* file = tracked(fd);
  if (file == nullptr) return syscall(SYS_pwritev, fd, parts, count, offset, 0);
  return write_tracked(fd, *file, parts, count, offset);
}
ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t offset) __attribute__((alias("pwritev")));

int ftruncate(int fd, off_t size) noexcept {
  Tracked* file = tracked(fd);
  if (file == nullptr) return static_cast<int>(syscall(SYS_ftruncate, fd, size));
  at_boundary();
  std::lock_guard lock(journal().mutex);
  note_resize(fd, *file, static_cast<std::uint64_t>(size));
  return static_cast<int>(syscall(SYS_ftruncate, fd, size));
}
int ftruncate64(int fd, off64_t size) noexcept __attribute__((alias("ftruncate")));

int fallocate(int fd, int mode, off_t offset, off_t bytes) {
  Tracked* file = tracked(fd);
  if (file == nullptr || (mode & FALLOC_FL_KEEP_SIZE) != 0) {  // what is only reserved leaves no trace
    return static_cast<int>(syscall(SYS_fallocate, fd, mode, offset, bytes));
  }
  at_boundary();
  if (rule_hits(RuleKind::kFailWrites, file->path)) {
    errno = rule_errno();
    return -1;
  }
  std::lock_guard lock(journal().mutex);
  note_resize(fd, *file, std::max(size_of(fd), static_cast<std::uint64_t>(offset + bytes)));
  return static_cast<int>(syscall(SYS_fallocate, fd, mode, offset, bytes));
}
int fallocate64(int fd, int mode, off64_t offset, off64_t bytes) __attribute__((alias("fallocate")));

int fsync(int fd) {
  Tracked* file = tracked(fd);
  return file != nullptr ? sync_tracked(fd, *file, SYS_fsync) : static_cast<int>(syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  Tracked* file = tracked(fd);
  return file != nullptr ? sync_tracked(fd, *file, SYS_fdatasync) : static_cast<int>(syscall(SYS_fdatasync, fd));
}
// sync_file_range is let through and makes nothing durable here: it promises no metadata and no flush of the device.

// A disk without space says so when it is asked.
int statvfs(const char* path, struct statvfs* info) noexcept {
  struct statfs from {};
  if (syscall(SYS_statfs, path, &from) != 0) return -1;
  *info = {};
  info->f_bsize = info->f_frsize = static_cast<unsigned long>(from.f_bsize);
  info->f_blocks = from.f_blocks;
  info->f_bfree = from.f_bfree;
  info->f_bavail = from.f_bavail;
  if (!journal().covers(path)) return 0;
  const Control& control = journal().control();
  if (control.rule_kind == RuleKind::kFailWrites && control.rule_errno == ENOSPC) info->f_bfree = info->f_bavail = 0;
  return 0;
}
int statvfs64(const char* path, struct statvfs64* info) noexcept {
  return statvfs(path, reinterpret_cast<struct statvfs*>(info));
}

int rename(const char* from, const char* to) noexcept {
  if (!journal().covers(from)) return static_cast<int>(syscall(SYS_rename, from, to));
  return rename_file(from, to);
}
int unlink(const char* path) noexcept {
  if (!journal().covers(path)) return static_cast<int>(syscall(SYS_unlink, path));
  return unlink_file(path);
}
int remove(const char* path) noexcept {
  if (unlink(path) == 0) return 0;
  return errno == EISDIR || errno == EPERM ? static_cast<int>(syscall(SYS_rmdir, path)) : -1;
}
int mkdir(const char* path, mode_t mode) noexcept {
  if (!journal().covers(path)) return static_cast<int>(syscall(SYS_mkdir, path, mode));
  at_boundary();
  std::lock_guard lock(journal().mutex);
  if (inode_of(path) == 0) journal().add(EntryKind::kMkdir, 0, inode_of(folder_of(path)), 0, 0, path);
  return static_cast<int>(syscall(SYS_mkdir, path, mode));
}

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  const int done = static_cast<int>(syscall(SYS_clock_gettime, clock, at));
  if (done == 0 && clock == CLOCK_REALTIME) *at = shifted(*at);
  return done;
}
int gettimeofday(timeval* at, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *at = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
time_t time(time_t* at) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
