// SPDX-License-Identifier: Apache-2.0
#include "moving/time_order.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <queue>
#include <tuple>

namespace handrail::moving {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kHeadBytes = 20;  // time, slot, how many bytes follow

tl::unexpected<Error> failed(const fs::path& path, const char* what) {
  return fail(ErrorCode::kUnavailable, path.string() + ": cannot be " + what + " (is there space?)");
}

bool is_earlier(const TimeOrder::Entry& a, const TimeOrder::Entry& b) {
  return std::tie(a.at, a.slot) < std::tie(b.at, b.slot);
}

// A run as it is read again, from its newest entry that was not taken.
struct Run {
  std::ifstream file;
  TimeOrder::Entry entry;

  bool advance() {
    std::array<char, kHeadBytes> head{};
    if (!file.read(head.data(), head.size())) return false;
    std::uint32_t bytes = 0;
    std::memcpy(&entry.at, head.data(), 8);
    std::memcpy(&entry.slot, head.data() + 8, 8);
    std::memcpy(&bytes, head.data() + 16, 4);
    entry.bytes.resize(bytes);
    return static_cast<bool>(file.read(entry.bytes.data(), bytes));
  }
};

}  // namespace

Result<void> TimeOrder::add(Entry entry) {
  bytes_ += entry.bytes.size() + sizeof(Entry);
  entries_.push_back(std::move(entry));
  return bytes_ < run_bytes_ ? Result<void>{} : write_run();
}

Result<void> TimeOrder::write_run() {
  std::ranges::sort(entries_, is_earlier);
  std::error_code ec;
  fs::create_directories(folder_, ec);
  runs_.push_back(folder_ / std::to_string(runs_.size()));
  std::ofstream out(runs_.back(), std::ios::binary | std::ios::trunc);
  for (const Entry& entry : entries_) {
    std::array<char, kHeadBytes> head{};
    const auto bytes = static_cast<std::uint32_t>(entry.bytes.size());
    std::memcpy(head.data(), &entry.at, 8);
    std::memcpy(head.data() + 8, &entry.slot, 8);
    std::memcpy(head.data() + 16, &bytes, 4);
    out.write(head.data(), head.size());
    out.write(entry.bytes.data(), static_cast<std::streamsize>(bytes));
  }
  out.close();
  if (!out) return failed(runs_.back(), "written");
  entries_.clear();
  bytes_ = 0;
  return {};
}

Result<void> TimeOrder::drain(const std::function<Result<void>(const Entry&)>& take) {
  std::ranges::sort(entries_, is_earlier);
  std::vector<std::unique_ptr<Run>> runs;
  const auto later = [&](std::size_t a, std::size_t b) { return is_earlier(runs[b]->entry, runs[a]->entry); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
  for (const fs::path& path : runs_) {
    auto run = std::make_unique<Run>();
    run->file.open(path, std::ios::binary);
    if (!run->advance()) return failed(path, "read");
    runs.push_back(std::move(run));
    next.push(runs.size() - 1);
  }
  std::size_t held = 0;  // of entries_, which never left memory
  while (held < entries_.size() || !next.empty()) {
    const bool from_memory =
        held < entries_.size() && (next.empty() || is_earlier(entries_[held], runs[next.top()]->entry));
    if (from_memory) {
      if (auto taken = take(entries_[held++]); !taken) return taken;
      continue;
    }
    const std::size_t i = next.top();
    next.pop();
    if (auto taken = take(runs[i]->entry); !taken) return taken;
    if (runs[i]->advance())
      next.push(i);
    else if (!runs[i]->file.eof())
      return failed(runs_[i], "read");
  }
  std::error_code ec;
  fs::remove_all(folder_, ec);
  return {};
}

}  // namespace handrail::moving
