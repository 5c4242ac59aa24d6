// SPDX-License-Identifier: Apache-2.0
#include "apps/http_fleet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace handrail {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kEventsAtOnce = 256;
constexpr std::size_t kChunk = 64 << 10;
constexpr std::chrono::milliseconds kReopenAfter{500};

// The value of a header in a response's head, or "".
std::string_view header_in(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2);
    if (line.size() <= name.size() || strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    if (line[name.size()] != ':') continue;
    const std::size_t begin = line.find_first_not_of(' ', name.size() + 1);
    return line.substr(begin, line.find("\r\n") - begin);
  }
  return {};
}

long number_in(std::string_view text) { return std::strtol(std::string(text).c_str(), nullptr, 10); }

}  // namespace

struct HttpFleet::Impl {
  struct Connection {
    int fd = -1;
    bool is_stream = false;
    bool is_busy = false;
    bool has_head = false;  // of a stream
    std::string opening;    // of a stream: its request
    Steady::time_point again_at;
    std::string out;  // not yet sent
    std::string in;
    Answered answered;
    Heard heard;
  };

  std::string host;
  std::uint16_t port = 0;
  int epoll = -1;
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::unique_ptr<Connection>> streams;
  std::vector<Connection*> idle;
  std::deque<std::pair<Ask, Answered>> queue;
  std::size_t open = 0;
  std::size_t lost_streams = 0;
  std::deque<Connection*> to_reopen;  // the earliest first

  bool connect(Connection& c) {
    c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    const int on = 1;
    ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (c.fd < 0 || ::connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      close(c);
      return false;
    }
    ::fcntl(c.fd, F_SETFL, ::fcntl(c.fd, F_GETFL) | O_NONBLOCK);
    epoll_event wanted{EPOLLIN, {.ptr = &c}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, c.fd, &wanted);
    return true;
  }

  static void close(Connection& c) {
    if (c.fd >= 0) ::close(c.fd);
    c.fd = -1;
    c.in.clear();
    c.out.clear();
  }

  // --- requests ----------------------------------------------------------------------------------------------------

  void begin(Connection& c, Ask ask, Answered answered) {
    c.is_busy = true;
    c.answered = std::move(answered);
    std::string head = ask.method + " " + ask.path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) + "\r\n";
    if (!ask.user_agent.empty()) head += "User-Agent: " + ask.user_agent + "\r\n";
    if (ask.method == "POST")
      head += "Content-Type: text/plain\r\nContent-Length: " + std::to_string(ask.body.size()) + "\r\n";
    if (c.fd < 0 && !connect(c)) return finish(c, {});
    c.out = head + "\r\n" + ask.body;
    flush(c);
  }

  void finish(Connection& c, Answer answer) {
    c.is_busy = false;
    --open;
    idle.push_back(&c);
    const Answered answered = std::exchange(c.answered, nullptr);
    answered(std::move(answer));
  }

  // Hands waiting requests to idle connections.
  void dispatch() {
    for (std::size_t left = queue.size(); left > 0 && !queue.empty() && !idle.empty(); --left) {
      Connection& c = *idle.back();
      idle.pop_back();
      auto [ask, answered] = std::move(queue.front());
      queue.pop_front();
      begin(c, std::move(ask), std::move(answered));
    }
  }

  void flush(Connection& c) {
    std::size_t sent = 0;
    while (sent < c.out.size()) {
      const ssize_t n = ::send(c.fd, c.out.data() + sent, c.out.size() - sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) break;
      sent += static_cast<std::size_t>(n);
    }
    c.out.erase(0, sent);
    epoll_event wanted{c.out.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT, {.ptr = &c}};
    ::epoll_ctl(epoll, EPOLL_CTL_MOD, c.fd, &wanted);
  }

  // --- answers -----------------------------------------------------------------------------------------------------

  void receive(Connection& c) {
    static thread_local std::array<char, kChunk> chunk;
    while (c.fd >= 0) {
      const ssize_t n = ::recv(c.fd, chunk.data(), chunk.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (n <= 0) return lose(c);
      c.in.append(chunk.data(), static_cast<std::size_t>(n));
      c.is_stream ? hear(c) : take_answer(c);
      if (n < static_cast<ssize_t>(chunk.size())) return;
    }
  }

  void lose(Connection& c) {
    close(c);
    if (c.is_stream) {
      ++lost_streams;
      reopen_later(c);
    } else if (c.is_busy) {
      finish(c, {});
    }
  }

  // --- streams -----------------------------------------------------------------------------------------------------

  void reopen_later(Connection& c) {
    c.has_head = false;
    c.again_at = Steady::now() + kReopenAfter;
    to_reopen.push_back(&c);
  }

  bool open_stream(Connection& c) {
    if (!connect(c)) return false;
    c.out = c.opening;
    flush(c);
    return true;
  }

  void reopen_due() {
    while (!to_reopen.empty() && to_reopen.front()->again_at <= Steady::now()) {
      Connection& c = *to_reopen.front();
      to_reopen.pop_front();
      if (!open_stream(c)) reopen_later(c);
    }
  }

  void take_answer(Connection& c) {
    const std::size_t head_end = c.in.find("\r\n\r\n");
    if (head_end == std::string::npos || !c.is_busy) return;
    const std::string_view head(c.in.data(), head_end + 2);
    const auto length = static_cast<std::size_t>(number_in(header_in(head, "content-length")));
    if (c.in.size() < head_end + 4 + length) return;
    Answer answer;
    answer.status = static_cast<int>(number_in(head.substr(9, 3)));
    answer.retry_after_s = static_cast<int>(number_in(header_in(head, "retry-after")));
    answer.body = c.in.substr(head_end + 4, length);
    const bool closes = header_in(head, "connection") == "close";
    c.in.erase(0, head_end + 4 + length);
    if (closes) close(c);
    finish(c, std::move(answer));
  }

  void hear(Connection& c) {
    if (!c.has_head) {
      const std::size_t end = c.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      if (!c.in.starts_with("HTTP/1.1 200")) return lose(c);
      c.in.erase(0, end + 4);
      c.has_head = true;
    }
    for (std::size_t end = c.in.find("\n\n"); end != std::string::npos; end = c.in.find("\n\n")) {
      const std::string message = c.in.substr(0, end + 1);
      c.in.erase(0, end + 2);
      std::string_view event, data;
      for (std::size_t at = 0; at < message.size();) {
        const std::size_t line_end = message.find('\n', at);
        const std::string_view line(message.data() + at, line_end - at);
        if (line.starts_with("event: ")) event = line.substr(7);
        if (line.starts_with("data: ")) data = line.substr(6);
        at = line_end + 1;
      }
      if (!event.empty()) c.heard(event, data);
    }
  }
};

HttpFleet::HttpFleet(std::string host, std::uint16_t port, std::size_t connections) : impl_(std::make_unique<Impl>()) {
  impl_->host = std::move(host);
  impl_->port = port;
  impl_->epoll = ::epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < connections; ++i) {
    impl_->connections.push_back(std::make_unique<Impl::Connection>());
    impl_->idle.push_back(impl_->connections.back().get());
  }
}

HttpFleet::~HttpFleet() {
  for (auto& c : impl_->connections) Impl::close(*c);
  for (auto& c : impl_->streams) Impl::close(*c);
  ::close(impl_->epoll);
}

void HttpFleet::ask(Ask ask, Answered answered) {
  ++impl_->open;
  impl_->queue.emplace_back(std::move(ask), std::move(answered));
  impl_->dispatch();
}

Result<void> HttpFleet::listen(const std::string& path, Heard heard) {
  auto c = std::make_unique<Impl::Connection>();
  c->is_stream = true;
  c->heard = std::move(heard);
  c->opening = "GET " + path + " HTTP/1.1\r\nHost: " + impl_->host + ":" + std::to_string(impl_->port) +
               "\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n";
  if (!impl_->open_stream(*c))
    return fail(ErrorCode::kUnavailable, std::string("cannot open a stream: ") + std::strerror(errno));
  impl_->streams.push_back(std::move(c));
  return {};
}

void HttpFleet::work(Steady::time_point deadline) {
  impl_->dispatch();
  impl_->reopen_due();
  const auto wait = std::max(deadline - Steady::now(), Steady::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  const timespec span{seconds.count(), static_cast<long>((wait - seconds).count())};
  std::array<epoll_event, kEventsAtOnce> ready;
  const int count = ::epoll_pwait2(impl_->epoll, ready.data(), kEventsAtOnce, &span, nullptr);
  for (int i = 0; i < count; ++i) {
    auto& c = *static_cast<Impl::Connection*>(ready[static_cast<std::size_t>(i)].data.ptr);
    if (c.fd >= 0 && (ready[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) impl_->flush(c);
    if (c.fd >= 0) impl_->receive(c);
  }
  impl_->dispatch();
}

std::size_t HttpFleet::unanswered() const { return impl_->open; }
std::size_t HttpFleet::streams_lost() const { return impl_->lost_streams; }
std::size_t HttpFleet::streams_open() const {
  return static_cast<std::size_t>(std::count_if(impl_->streams.begin(), impl_->streams.end(),
                                                [](const auto& c) { return c->has_head && c->fd >= 0; }));
}

}  // namespace handrail
