// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/commands.h"
#include "apps/http_client.h"
#include "apps/program.h"

// S4: from a struggle event sent to its intervention received on the visitor's stream, with other events and idle
// visitors beside it; and in the same run, alternating, a bare group commit, which is the floor under any durable
// answer on this disk.
namespace handrail {
namespace {

using Steady = std::chrono::steady_clock;
namespace fs = std::filesystem;

double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

// The server under test, in a process of its own.
class ServerProcess {
 public:
  explicit ServerProcess(const fs::path& data) {
    int out[2];
    if (pipe(out) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      close(out[0]);
      const std::string self = fs::read_symlink("/proc/self/exe").string();
      execl(self.c_str(), self.c_str(), "serve", "--listen", "127.0.0.1:0", "--data", data.c_str(), nullptr);
      _exit(127);
    }
    close(out[1]);
    read_port(out[0]);
    close(out[0]);
  }
  ~ServerProcess() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  std::uint16_t port() const { return port_; }

 private:
  void read_port(int fd) {
    std::string text;
    char c = 0;
    while (text.find("; data in") == std::string::npos && read(fd, &c, 1) == 1) text.push_back(c);
    const std::size_t at = text.find("127.0.0.1:");
    if (at != std::string::npos) port_ = static_cast<std::uint16_t>(std::atoi(text.c_str() + at + 10));
  }
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

// A group commit with nothing around it: a request is handed to a committer thread, which writes one block of an
// event's size onto a pre-written file, syncs it, and answers.
class Probe {
 public:
  explicit Probe(const fs::path& path) : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    const std::string zeros(1 << 20, '\0');
    for (int i = 0; i < 16; ++i) (void)!write(fd_, zeros.data(), zeros.size());
    fdatasync(fd_);
    committer_ = std::jthread([this](const std::stop_token& stop) { commit_loop(stop); });
  }
  ~Probe() {
    committer_.request_stop();
    committer_.join();
    close(fd_);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  double run() {
    const auto begun = Steady::now();
    std::unique_lock lock(mutex_);
    is_wanted_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !is_wanted_; });
    return ms_since(begun);
  }

 private:
  void commit_loop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return is_wanted_; })) {
      (void)!pwrite(fd_, block_.data(), block_.size(), position_);
      fdatasync(fd_);
      position_ = (position_ + static_cast<off_t>(block_.size())) % (15 << 20);
      is_wanted_ = false;
      changed_.notify_all();
    }
  }

  int fd_;
  off_t position_ = 0;
  std::string block_ = std::string(512, 'x');
  std::mutex mutex_;  // guards is_wanted_
  std::condition_variable_any changed_;
  bool is_wanted_ = false;
  std::jthread committer_;
};

std::string event_body(const std::string& user, const char* type, const char* data, int number) {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  return fmt::format(
      R"({{"eventId":"{}-{}","eventType":"{}","userId":"{}","sessionId":"{}","timestamp":{},"eventData":{}}})", user,
      number, type, user, user, now, data);
}

// Events at a steady rate, open loop, at low priority: half the rate in each of two threads.
void load(std::uint16_t port, int per_second, const std::atomic<bool>& stop, std::atomic<std::uint64_t>& sent) {
  setpriority(PRIO_PROCESS, 0, 19);
  HttpClient client("127.0.0.1", port);
  const auto pause = std::chrono::microseconds(1'000'000 / std::max(per_second, 1));
  auto next = Steady::now();
  for (int number = 0; !stop; ++number) {
    std::this_thread::sleep_until(next += pause);
    const std::string user = "load-" + std::to_string(number % 997) + "-" + std::to_string(per_second);
    if (client.post("/api/events/track", event_body(user, "feature_interaction", R"({"feature":"rate"})", number)))
      ++sent;
  }
}

struct Measured {
  std::vector<double> push;
  std::vector<double> probe;
  std::size_t missed = 0;
};

// A fresh visitor struggles; its stream tells when help arrives.
double one_push(std::uint16_t port, int round) {
  const std::string user = "bench-" + std::to_string(round);
  HttpClient stream("127.0.0.1", port);
  HttpClient client("127.0.0.1", port);
  if (!stream.open_stream("/v1/stream?anonymousId=" + user)) return -1;
  if (!client.post("/api/events/track", event_body(user, "page_view", R"({"feature":"loan"})", 0))) return -1;
  const std::string body = event_body(user, "struggle_signal", R"({"feature":"loan","attemptCount":3})", 1);
  const auto begun = Steady::now();
  std::thread sender([&] { (void)client.post("/api/events/track", body); });
  double took = -1;
  while (ms_since(begun) < 5000) {
    auto event = stream.next_event(1000);
    if (!event) break;
    if (*event && (*event)->event == "intervention") {
      took = ms_since(begun);
      break;
    }
  }
  sender.join();
  return took;
}

Measured measure(std::uint16_t port, const fs::path& folder, int rounds) {
  Measured measured;
  Probe probe(folder / "probe");
  for (int i = 0; i < 20; ++i) one_push(port, -1 - i), probe.run();
  for (int round = 0; round < rounds; ++round) {
    measured.probe.push_back(probe.run());
    const double took = one_push(port, round);
    if (took < 0) {
      ++measured.missed;
    } else {
      measured.push.push_back(took);
    }
  }
  return measured;
}

}  // namespace

int run_bench_push(const Config&, const PushBenchFlags& flags) {
  const fs::path folder =
      fs::current_path() /
      (".handrail-bench-" + std::to_string(getpid()));  // on the disk that will be used, not in memory
  fs::create_directories(folder);
  struct RemoveFolder {
    fs::path folder;
    ~RemoveFolder() {
      std::error_code ec;
      fs::remove_all(folder, ec);
    }
  } remove{folder};
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  ServerProcess server(folder / "data");
  if (server.port() == 0) {
    fmt::print(stderr, "handrail: the server did not start\n");
    return kFailed;
  }
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < flags.idle_visitors; ++i) {
    auto client = std::make_unique<HttpClient>("127.0.0.1", server.port());
    if (!client->open_stream("/v1/stream?anonymousId=idle-" + std::to_string(i))) break;
    idle.push_back(std::move(client));
  }
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> sent{0};
  std::vector<std::thread> loaders;
  const auto begun = Steady::now();
  for (int i = 0; i < 2 && flags.events_per_second > 0; ++i)
    loaders.emplace_back(load, server.port(), flags.events_per_second / 2, std::cref(stop), std::ref(sent));
  const Measured measured = measure(server.port(), folder, flags.rounds);
  const double seconds = ms_since(begun) / 1000;
  stop = true;
  for (auto& loader : loaders) loader.join();

  const double push50 = quantile(measured.push, .5), push99 = quantile(measured.push, .99);
  const double probe50 = quantile(measured.probe, .5), probe99 = quantile(measured.probe, .99);
  if (flags.json) {
    fmt::print(
        R"({{"rounds":{},"missed":{},"idle":{},"eventsPerSecond":{:.0f},"pushMs":{{"p50":{:.3f},"p99":{:.3f}}},"probeMs":{{"p50":{:.3f},"p99":{:.3f}}}}})"
        "\n",
        measured.push.size(), measured.missed, idle.size(), static_cast<double>(sent) / seconds, push50, push99,
        probe50, probe99);
  } else {
    fmt::print(
        "struggle sent -> intervention received, {} rounds, {} idle visitors, {:.0f} events/s beside, {} cores\n",
        measured.push.size(), idle.size(), static_cast<double>(sent) / seconds, std::thread::hardware_concurrency());
    fmt::print("  {:<34} p50 {:7.2f} ms   p99 {:7.2f} ms\n", "push", push50, push99);
    fmt::print("  {:<34} p50 {:7.2f} ms   p99 {:7.2f} ms\n", "bare group commit", probe50, probe99);
    fmt::print("  {:<34} p50 {:+7.2f} ms   p99 {:+7.2f} ms   missed {}\n", "difference", push50 - probe50,
               push99 - probe99, measured.missed);
  }
  return measured.missed == 0 ? kOk : kCheckFailed;
}

}  // namespace handrail
