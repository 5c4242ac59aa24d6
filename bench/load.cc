// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <map>

#include "stats.h"

namespace handrail::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Connection {
  int fd = -1;
  bool busy = false;
  Clock::time_point intended;
  std::string out;  // what the socket did not take at once
  std::size_t out_at = 0;
  std::string in;
};

class Generator {
 public:
  explicit Generator(const LoadOptions& options)
      : options_(options), requests_(options.body), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(static_cast<std::size_t>(options.connections));
    for (std::size_t i = 0; i < connections_.size(); ++i) connect(i);
  }
  ~Generator() {
    for (Connection& c : connections_) close_one(c);
    close(poll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  LoadResult run() {
    begun_ = Clock::now();
    counted_from_ = begun_ + seconds(options_.warm_up);
    const auto end = begun_ + seconds(options_.warm_up + options_.seconds);
    while (Clock::now() < end && !is_done()) {
      send_what_is_due(Clock::now());
      wait(std::min(next_due(), end));
    }
    const auto stopped = Clock::now();
    result_.behind = options_.rate > 0 ? due_by(stopped) - std::min(due_by(stopped), result_.sent) : 0;
    drain(stopped + std::chrono::seconds(3));
    result_.seconds = std::chrono::duration<double>(std::min(end, stopped) - counted_from_).count();
    summarise();
    return result_;
  }

 private:
  static Clock::duration seconds(double s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
  }
  bool is_done() const { return options_.requests_max > 0 && result_.sent >= options_.requests_max; }
  std::uint64_t due_by(Clock::time_point now) const {
    return static_cast<std::uint64_t>(std::chrono::duration<double>(now - begun_).count() * options_.rate) + 1;
  }
  Clock::time_point due_at(std::uint64_t number) const {
    return begun_ + seconds(static_cast<double>(number) / options_.rate);
  }
  Clock::time_point next_due() const {
    return options_.rate > 0 && !idle_.empty() ? due_at(result_.sent) : Clock::time_point::max();
  }

  void connect(std::size_t i) {
    Connection& c = connections_[i];
    c = Connection{};
    c.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(c.fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return close_one(c);
    fcntl(c.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{EPOLLIN, {.u64 = i}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, c.fd, &event);
    idle_.push_back(i);
  }
  static void close_one(Connection& c) {
    if (c.fd >= 0) close(c.fd);
    c.fd = -1;
  }

  void send_what_is_due(Clock::time_point now) {
    wake_the_rested(now);
    while (!idle_.empty() && !is_done() && (options_.rate == 0 || due_at(result_.sent) <= now)) {
      const std::size_t i = idle_.back();
      idle_.pop_back();
      Connection& c = connections_[i];
      if (c.fd < 0) continue;
      c.busy = true;
      c.intended = options_.rate > 0 && !options_.from_sent ? due_at(result_.sent) : Clock::now();
      ++result_.sent;
      send_on(i, requests_.next(i, connections_.size(), wall_ms()));
    }
  }

  void send_on(std::size_t i, std::string_view bytes) {
    Connection& c = connections_[i];
    const ssize_t took = send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (took == static_cast<ssize_t>(bytes.size())) return;
    c.out.assign(bytes.substr(took > 0 ? static_cast<std::size_t>(took) : 0));
    c.out_at = 0;
    epoll_event event{EPOLLIN | EPOLLOUT, {.u64 = i}};
    epoll_ctl(poll_, EPOLL_CTL_MOD, c.fd, &event);
  }

  void go_on_sending(std::size_t i) {
    Connection& c = connections_[i];
    const ssize_t took = send(c.fd, c.out.data() + c.out_at, c.out.size() - c.out_at, MSG_NOSIGNAL);
    if (took > 0) c.out_at += static_cast<std::size_t>(took);
    if (c.out_at < c.out.size()) return;
    c.out.clear();
    epoll_event event{EPOLLIN, {.u64 = i}};
    epoll_ctl(poll_, EPOLL_CTL_MOD, c.fd, &event);
  }

  void wait(Clock::time_point until) {
    const auto left = std::clamp<std::int64_t>(
        until == Clock::time_point::max()
            ? 100'000'000
            : std::chrono::duration_cast<std::chrono::nanoseconds>(until - Clock::now()).count(),
        0, 100'000'000);
    const timespec span{0, static_cast<long>(left)};
    epoll_event events[256];
    const int count = epoll_pwait2(poll_, events, 256, &span, nullptr);
    for (int k = 0; k < count; ++k) {
      const auto i = static_cast<std::size_t>(events[k].data.u64);
      if ((events[k].events & EPOLLOUT) != 0) go_on_sending(i);
      if ((events[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(i);
    }
  }

  void receive(std::size_t i) {
    Connection& c = connections_[i];
    char bytes[65536];
    const ssize_t got = recv(c.fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
      if (got < 0 && errno == EAGAIN) return;
      result_.broken += c.busy ? 1 : 0;
      close_one(c);
      return connect(i);
    }
    c.in.append(bytes, static_cast<std::size_t>(got));
    take_answer(i);
  }

  void take_answer(std::size_t i) {
    Connection& c = connections_[i];
    const std::size_t head_end = c.in.find("\r\n\r\n");
    if (head_end == std::string::npos || !c.busy) return;
    const std::string_view head(c.in.data(), head_end);
    std::size_t length = 0;
    if (const std::size_t at = head.find("Content-Length: "); at != std::string_view::npos)
      std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
    if (c.in.size() < head_end + 4 + length) return;
    int status = 0;
    std::from_chars(head.data() + 9, head.data() + 12, status);
    count(c, status, head);
    c.in.erase(0, head_end + 4 + length);
    c.busy = false;
    if (head.find("Connection: close") == std::string_view::npos) return put_back(i, head);
    close_one(c);
    connect(i);
  }

  static int retry_after(std::string_view head) {
    int seconds = 0;
    if (const std::size_t at = head.find("Retry-After: "); at != std::string_view::npos)
      std::from_chars(head.data() + at + 13, head.data() + head.size(), seconds);
    return seconds;
  }

  void put_back(std::size_t i, std::string_view head) {
    const int rest_seconds = options_.is_patient ? retry_after(head) : 0;
    if (rest_seconds == 0) return idle_.push_back(i);
    resting_.emplace(Clock::now() + seconds(rest_seconds), i);
  }

  void wake_the_rested(Clock::time_point now) {
    while (!resting_.empty() && resting_.begin()->first <= now) {
      idle_.push_back(resting_.begin()->second);
      resting_.erase(resting_.begin());
    }
  }

  void count(const Connection& c, int status, std::string_view head) {
    const auto now = Clock::now();
    if (now < counted_from_) return;
    ++result_.answered;
    ++result_.status[status];
    if ((status == 503 || status == 429) && head.find("Retry-After") == std::string_view::npos)
      ++result_.without_retry_after;
    if (status == 200 || status == 204)
      latencies_.push_back(std::chrono::duration<double, std::milli>(now - c.intended).count());
  }

  void drain(Clock::time_point until) {
    const auto busy = [&] {
      return std::any_of(connections_.begin(), connections_.end(), [](auto& c) { return c.busy; });
    };
    while (busy() && Clock::now() < until) wait(Clock::now() + std::chrono::milliseconds(20));
  }

  void summarise() {
    result_.p50 = quantile(latencies_, .5);
    result_.p90 = quantile(latencies_, .9);
    result_.p99 = quantile(latencies_, .99);
    result_.p999 = quantile(latencies_, .999);
    result_.max = quantile(latencies_, 1);
  }

  const LoadOptions options_;
  Requests requests_;
  int poll_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  std::multimap<Clock::time_point, std::size_t> resting_;
  Clock::time_point begun_, counted_from_;
  std::vector<double> latencies_;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) { return Generator(options).run(); }

std::string json_of(const LoadOptions& options, const LoadResult& r) {
  const Requests sizes(options.body);
  std::string status;
  for (const auto& [code, count] : r.status)
    status += fmt::format("{}\"{}\":{}", status.empty() ? "" : ",", code, count);
  return fmt::format(
      R"({{"sent":{},"answered":{},"status":{{{}}},"withoutRetryAfter":{},"broken":{},"behind":{},"seconds":{:.3f},)"
      R"("requestsPerSecond":{:.1f},"eventsPerSecond":{:.1f},"ms":{{"p50":{:.3f},"p90":{:.3f},"p99":{:.3f},"p999":{:.3f},"max":{:.3f}}}}})",
      r.sent, r.answered, status, r.without_retry_after, r.broken, r.behind, r.seconds, r.per_second(),
      r.per_second() * sizes.events_per_request(), r.p50, r.p90, r.p99, r.p999, r.max);
}

}  // namespace handrail::bench
