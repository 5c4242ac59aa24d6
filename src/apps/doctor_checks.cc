// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <thread>

#include "apps/doctor.h"
#include "apps/program.h"

namespace handrail {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr double kMiB = 1 << 20;
constexpr double kGiB = 1 << 30;
constexpr double kFreeShareWarn = 0.10;
constexpr double kFreeShareFail = 0.05;
constexpr std::size_t kSyncs = 200;
constexpr std::size_t kSyncFileBytes = 4 << 20;
constexpr double kSyncGoodMs = 2;
constexpr double kSyncSlowMs = 20;
constexpr double kSyncUnbelievableMs = 0.02;
constexpr std::int64_t kFilesBeside = 512;             // segments, indexes, RocksDB
constexpr std::int64_t kVisitorBytes = 2 << 10;        // of a visitor in memory
constexpr int kThreadsBeside = 2;                      // the one for I/O and the log's committer
constexpr std::time_t kReleasedAfter = 1'704'067'200;  // 2024

struct FileSystem {
  long magic;
  const char* name;
  Verdict verdict;
  const char* todo;
};
constexpr FileSystem kFileSystems[] = {
    {EXT4_SUPER_MAGIC, "ext4", Verdict::kOk, ""},
    {0x58465342, "xfs", Verdict::kOk, ""},
    {BTRFS_SUPER_MAGIC, "btrfs", Verdict::kWarn,
     "copy-on-write makes each sync dearer: mark the folder no-copy-on-write (chattr +C) or use ext4 or xfs"},
    {TMPFS_MAGIC, "tmpfs", Verdict::kWarn, "this is memory: what was acknowledged is gone with the machine"},
    {OVERLAYFS_SUPER_MAGIC, "overlay", Verdict::kWarn, "a container's own layer goes with it: mount a volume"},
    {NFS_SUPER_MAGIC, "nfs", Verdict::kFail, "locks and syncs over a network cannot be relied on: use a local disk"},
};

// The folder itself, or the nearest one above it that is there.
fs::path existing_part(fs::path folder) {
  std::error_code ec;
  folder = fs::absolute(folder, ec);
  while (!fs::exists(folder, ec) && folder.has_parent_path() && folder != folder.parent_path())
    folder = folder.parent_path();
  return folder;
}

std::string mib(double bytes) {
  return bytes >= kGiB ? fmt::format("{:.1f} GiB", bytes / kGiB) : fmt::format("{:.0f} MiB", bytes / kMiB);
}

double memory_limit() {
  double available = 0;
  std::ifstream info("/proc/meminfo");
  for (std::string name; info >> name;) {
    double kib = 0;
    if (name == "MemAvailable:" && info >> kib) available = kib * 1024;
  }
  double group = 0;  // a container's own limit; "max" where there is none
  std::ifstream limit("/sys/fs/cgroup/memory.max");
  return limit >> group && group > 0 ? std::min(available, group) : available;
}

// Milliseconds of single syncs onto a pre-written file, ascending; empty when it cannot be written.
std::vector<double> time_syncs(const fs::path& folder) {
  const fs::path path = folder / (".handrail-doctor-" + std::to_string(getpid()));
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return {};
  std::vector<double> took;
  const std::string zeros(kSyncFileBytes, '\0'), block(4096, 'x');
  const bool is_written =
      write(fd, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size()) && fdatasync(fd) == 0;
  for (std::size_t i = 0; is_written && i < kSyncs; ++i) {
    const auto begun = Steady::now();
    const auto at = static_cast<off_t>(i * block.size() % kSyncFileBytes);
    if (pwrite(fd, block.data(), block.size(), at) < 0 || fdatasync(fd) != 0) break;
    took.push_back(std::chrono::duration<double, std::milli>(Steady::now() - begun).count());
  }
  close(fd);
  unlink(path.c_str());
  std::sort(took.begin(), took.end());
  return took;
}

}  // namespace

Finding check_configuration(const LoadedConfig& loaded) {
  Finding f{"configuration"};
  std::vector<std::string> faults = loaded.faults;
  if (auto listen = parse_listen(loaded.config.server.listen); !listen) faults.push_back(listen.error().message);
  const auto set = std::count_if(loaded.origins.begin(), loaded.origins.end(),
                                 [](const auto& origin) { return origin.second != "default"; });
  f.found = fmt::format("sound; {} of {} values are set, the rest are defaults", set, loaded.origins.size());
  if (faults.empty()) return f;
  f.verdict = Verdict::kFail;
  f.found = faults.front();
  f.todo =
      faults.size() == 1 ? "mend it" : fmt::format("mend it, and {} more: handrail config check", faults.size() - 1);
  return f;
}

Finding check_data_folder(const fs::path& data) {
  Finding f{"data folder"};
  const fs::path there = existing_part(data);
  const bool is_there = there == fs::absolute(data);
  f.found = fmt::format("{}{}", fs::absolute(data).string(), is_there ? "" : ", to be created");
  if (!fs::is_directory(there) || access(there.c_str(), W_OK | X_OK) != 0) {
    f.verdict = Verdict::kFail;
    f.found = there.string() + (fs::is_directory(there) ? " cannot be written by this user" : " is not a folder");
    f.todo = fmt::format("name another with --data, or give it to user {}", getuid());
    return f;
  }
  const int lock = open((data / "log" / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) != 0) f.found += "; a server uses it now";
  if (lock >= 0) close(lock);
  return f;
}

Finding check_disk(const fs::path& data, const Config& config) {
  Finding f{"disk"};
  const fs::path there = existing_part(data);
  struct statvfs space {};
  struct statfs kind {};
  if (statvfs(there.c_str(), &space) != 0 || statfs(there.c_str(), &kind) != 0)
    return {f.check, Verdict::kFail, there.string() + ": " + std::strerror(errno), "name another folder with --data"};
  const double free = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize);
  const double whole = static_cast<double>(space.f_blocks) * static_cast<double>(space.f_frsize);
  const auto* known = std::find_if(std::begin(kFileSystems), std::end(kFileSystems),
                                   [&](const FileSystem& s) { return s.magic == static_cast<long>(kind.f_type); });
  const bool is_known = known != std::end(kFileSystems);
  if (is_known) f.verdict = known->verdict, f.todo = known->todo;
  f.found = fmt::format("{} of {} free ({:.0f} %), {}", mib(free), mib(whole), whole > 0 ? free / whole * 100 : 0,
                        is_known ? known->name : fmt::format("file system {:#x}", kind.f_type));
  const double share = whole > 0 ? free / whole : 0;
  const double least = 3 * static_cast<double>(config.log.segment_bytes);
  if (share < kFreeShareWarn || free < least) {
    f.verdict = share < kFreeShareFail || free < least ? Verdict::kFail : std::max(f.verdict, Verdict::kWarn);
    f.todo = "make room, or keep the log for a shorter time (log.retention_hours)";
  }
  return f;
}

Finding check_sync(const fs::path& data) {
  Finding f{"sync"};
  const std::vector<double> took = time_syncs(existing_part(data));
  if (took.size() < kSyncs)
    return {f.check, Verdict::kFail, "a file could not be written and synced there", "see disk and data folder"};
  const double p50 = took[kSyncs / 2], p99 = took[kSyncs * 99 / 100];
  f.found = fmt::format("fdatasync p50 {:.2f} ms, p99 {:.2f} ms ({} writes of 4 KiB)", p50, p99, kSyncs);
  if (p50 < kSyncUnbelievableMs) {
    f.verdict = Verdict::kWarn;
    f.todo = "too fast for a disk: it is memory, or a cache that says it has written what it has not";
  } else if (p50 > kSyncSlowMs) {
    f.verdict = Verdict::kFail;
    f.todo = "every acknowledgement waits for one sync: use a local SSD";
  } else if (p50 > kSyncGoodMs) {
    f.verdict = Verdict::kWarn;
    f.todo = "every acknowledgement waits for one sync: a local SSD answers in under 2 ms";
  }
  return f;
}

Finding check_files(const Config& config) {
  Finding f{"open files"};
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::int64_t wanted = config.server.connections_max + kFilesBeside;
  const bool is_enough = limit.rlim_max == RLIM_INFINITY || static_cast<std::int64_t>(limit.rlim_max) >= wanted;
  f.found = fmt::format("{} allowed, {} wanted (server.connections_max {} and {} for files)",
                        limit.rlim_max == RLIM_INFINITY ? "any number" : std::to_string(limit.rlim_max), wanted,
                        config.server.connections_max, kFilesBeside);
  if (is_enough) return f;
  f.verdict = Verdict::kFail;
  f.todo = fmt::format("LimitNOFILE={} in the unit, or ulimit -Hn; or lower server.connections_max", wanted);
  return f;
}

Finding check_memory(const Config& config) {
  Finding f{"memory"};
  const std::int64_t visitors = config.engine.partitions * config.state.visitors_in_memory * 2 * kVisitorBytes;
  const double wanted = static_cast<double>(config.state.block_cache_bytes + 2 * config.state.write_buffer_bytes +
                                            config.log.waiting_bytes_max + 2 * config.log.block_bytes_max + visitors);
  const double available = memory_limit();
  f.found = fmt::format("{} available; full caches take {} ({} of it for visitors)", mib(available), mib(wanted),
                        mib(static_cast<double>(visitors)));
  if (wanted <= available * 0.8) return f;
  f.verdict = wanted > available ? Verdict::kFail : Verdict::kWarn;
  f.todo = "lower state.visitors_in_memory or state.block_cache_bytes, or add memory";
  return f;
}

Finding check_cpus(const Config& config) {
  Finding f{"cpus"};
  const int cpus = static_cast<int>(std::thread::hardware_concurrency());
  f.found = fmt::format("{}; {} busy threads: {} of the engine, {} beside", cpus,
                        config.engine.partitions + kThreadsBeside, config.engine.partitions, kThreadsBeside);
  if (cpus < 2) {
    f.verdict = Verdict::kWarn;
    f.todo = "with one, an acknowledgement waits for the fold: take two or more";
  } else if (config.engine.partitions > cpus) {
    f.verdict = Verdict::kWarn;
    f.todo = fmt::format("engine.partitions above {} gains nothing here", cpus);
  }
  return f;
}

Finding check_clock() {
  Finding f{"clock"};
  timex state{};
  const int status = adjtimex(&state);
  const auto wall = std::chrono::system_clock::now();
  const auto steady = Steady::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const double gained = std::chrono::duration<double, std::milli>(std::chrono::system_clock::now() - wall).count() -
                        std::chrono::duration<double, std::milli>(Steady::now() - steady).count();
  if (std::chrono::system_clock::to_time_t(wall) < kReleasedAfter)
    return {f.check, Verdict::kFail, "the clock is years behind", "set it: timedatectl set-ntp true"};
  if (gained > 5 || gained < -5)
    return {f.check, Verdict::kWarn,
            fmt::format("wall time moved by {:.0f} ms against the steady clock in 50 ms", gained),
            "something sets the clock in steps; let it be slewed (chrony, systemd-timesyncd)"};
  if (status < 0 || status == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
    return {f.check, Verdict::kWarn, "not synchronised, as far as the kernel knows",
            "timedatectl set-ntp true (a container shares its host's clock: look there)"};
  f.found = fmt::format("synchronised, to within {:.1f} ms", static_cast<double>(state.maxerror) / 1000);
  return f;
}

Finding check_port(const Config& config) {
  Finding f{"port"};
  const auto listen = parse_listen(config.server.listen);
  if (!listen) return {f.check, Verdict::kFail, listen.error().message, "see configuration"};
  f.found = config.server.listen + (listen->port == 0 ? ": a free one will be taken" : " is free");
  const bool is_v6 = listen->address.find(':') != std::string::npos;
  const int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(listen->port);
  inet_pton(AF_INET, listen->address.c_str(), &v4.sin_addr);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(listen->port);
  inet_pton(AF_INET6, listen->address.c_str(), &v6.sin6_addr);
  const int bound = is_v6 ? bind(fd, reinterpret_cast<sockaddr*>(&v6), sizeof(v6))
                          : bind(fd, reinterpret_cast<sockaddr*>(&v4), sizeof(v4));
  const int why = errno;
  close(fd);
  if (bound == 0) return f;
  f.verdict = Verdict::kFail;
  f.found = config.server.listen + ": " + std::strerror(why);
  f.todo = why == EADDRINUSE ? "end what listens there (a running server?), or choose another --listen"
                             : "choose another --listen";
  return f;
}

}  // namespace handrail
