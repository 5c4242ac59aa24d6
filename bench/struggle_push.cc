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
#include <optional>
#include <thread>
#include <vector>

#include "apps/http_client.h"
#include "commands.h"
#include "commit_probe.h"

// S4: from a struggle event sent to its intervention received on the visitor's stream, with other events and idle
// visitors beside it; and in the same run, alternating, a bare group commit, which is the floor under any durable
// answer on this disk.
namespace handrail::bench {
namespace {

namespace fs = std::filesystem;

// The server under test, in a process of its own.
class ServerProcess {
 public:
  ServerProcess(const std::string& program, const fs::path& data) {
    int out[2];
    if (pipe(out) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      close(out[0]);
      execl(program.c_str(), program.c_str(), "serve", "--listen", "127.0.0.1:0", "--data", data.c_str(), nullptr);
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
    const std::string user = fmt::format("load-{}-{}-{}", getpid(), number % 997, per_second);
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
  const std::string user = fmt::format("bench-{}-{}", getpid(), round);  // a server may have met an earlier run's
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
  CommitProbe probe(folder / "probe");
  for (int i = 0; i < 20; ++i) one_push(port, -1 - i), probe.once();
  for (int round = 0; round < rounds; ++round) {
    measured.probe.push_back(probe.once());
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

int run_struggle_push(const StrugglePush& options) {
  const fs::path folder = fs::path(options.folder) / ("push-" + std::to_string(getpid()));
  fs::create_directories(folder);
  struct RemoveFolder {
    fs::path folder;
    ~RemoveFolder() {
      std::error_code ec;
      fs::remove_all(folder, ec);
    }
  } remove{folder};
  std::optional<ServerProcess> server;
  if (options.port == 0) server.emplace(options.program, folder / "data");
  const std::uint16_t port = server ? server->port() : options.port;
  if (port == 0) return 1;
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < options.idle_visitors; ++i) {
    auto client = std::make_unique<HttpClient>("127.0.0.1", port);
    if (!client->open_stream("/v1/stream?anonymousId=idle-" + std::to_string(i))) break;
    idle.push_back(std::move(client));
  }
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> sent{0};
  std::vector<std::thread> loaders;
  const auto begun = Steady::now();
  for (int i = 0; i < 2 && options.events_per_second > 0; ++i)
    loaders.emplace_back(load, port, options.events_per_second / 2, std::cref(stop), std::ref(sent));
  const Measured measured = measure(port, folder, options.rounds);
  const double seconds = ms_since(begun) / 1000;
  stop = true;
  for (auto& loader : loaders) loader.join();
  fmt::print(R"({{"rounds":{},"missed":{},"idle":{},"eventsPerSecond":{:.0f},"pushMs":{},"probeMs":{}}})"
             "\n",
             measured.push.size(), measured.missed, idle.size(), static_cast<double>(sent) / seconds,
             quantiles_json(measured.push), quantiles_json(measured.probe));
  return measured.missed == 0 ? 0 : 1;
}

}  // namespace handrail::bench
