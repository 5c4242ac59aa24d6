// SPDX-License-Identifier: Apache-2.0
#include "commit_probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace handrail::bench {
namespace {

constexpr std::size_t kRecordBytes = 420;
constexpr off_t kFileBytes = 64 << 20;

}  // namespace

CommitProbe::CommitProbe(const std::filesystem::path& path)
    : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  const std::string zeros(1 << 20, '\0');
  for (off_t at = 0; at < kFileBytes; at += static_cast<off_t>(zeros.size()))
    (void)!pwrite(fd_, zeros.data(), zeros.size(), at);
  fdatasync(fd_);
  committer_ = std::jthread([this](const std::stop_token& stop) { commit_loop(stop); });
}

CommitProbe::~CommitProbe() {
  committer_.request_stop();
  committer_.join();
  close(fd_);
}

double CommitProbe::once() {
  std::unique_lock lock(mutex_);
  done_.clear();
  waiting_.push_back(Steady::now());
  changed_.notify_all();
  changed_.wait(lock, [&] { return !done_.empty(); });
  return done_.back();
}

std::vector<double> CommitProbe::open_loop(double per_second, double seconds) {
  {
    std::lock_guard lock(mutex_);
    done_.clear();
  }
  const auto begun = Steady::now();
  const auto total = static_cast<std::size_t>(per_second * seconds);
  for (std::size_t sent = 0; sent < total;) {
    const double elapsed = ms_since(begun) / 1000;
    const auto due = std::min(total, static_cast<std::size_t>(elapsed * per_second) + 1);
    if (due > sent) {
      std::lock_guard lock(mutex_);
      for (; sent < due; ++sent) {
        waiting_.push_back(begun + std::chrono::duration_cast<Steady::duration>(
                                       std::chrono::duration<double>(static_cast<double>(sent) / per_second)));
      }
      changed_.notify_all();
    }
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && !is_busy_; });
  return std::exchange(done_, {});
}

void CommitProbe::commit_loop(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
    const std::vector<Steady::time_point> batch = std::exchange(waiting_, {});
    is_busy_ = true;
    lock.unlock();
    block_.resize(batch.size() * kRecordBytes, 'x');
    if (position_ + static_cast<off_t>(block_.size()) > kFileBytes) position_ = 0;
    (void)!pwrite(fd_, block_.data(), block_.size(), position_);
    fdatasync(fd_);
    position_ += static_cast<off_t>(block_.size());
    const auto now = Steady::now();
    lock.lock();
    for (const auto& begun : batch) done_.push_back(std::chrono::duration<double, std::milli>(now - begun).count());
    is_busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace handrail::bench
