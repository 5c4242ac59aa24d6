// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/system/system_clock.h"
#include "commands.h"
#include "gateway/server.h"
#include "stats.h"

// The server runs in a process of its own and pushes the time to one stream after another; this process holds the
// streams and says how old the time was when it came.
namespace handrail::bench {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now().time_since_epoch()).count();
}

long own_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// What the parent asks over a pipe: 'm' for the memory used, anything else for a push to the next stream.
template <class Push>
void obey(int in, int out, std::uint16_t port, Push push) {
  (void)!write(out, &port, sizeof port);
  char what = 0;
  while (read(in, &what, 1) == 1) {
    if (what == 'm') {
      const long kilobytes = own_kilobytes();
      (void)!write(out, &kilobytes, sizeof kilobytes);
    } else {
      push();
    }
  }
  _exit(0);
}

[[noreturn]] void serve_product(int in, int out) {
  SystemClock clock;
  telemetry::Metrics metrics;
  std::mutex mutex;
  std::vector<std::shared_ptr<gateway::EventStream>> streams;
  gateway::ServerOptions options;
  options.port = 0;
  gateway::Server server(
      options,
      [&](gateway::HttpRequest, std::shared_ptr<gateway::Exchange> exchange) {
        std::lock_guard lock(mutex);
        streams.push_back(exchange->open_stream({}));
      },
      clock, metrics);
  if (!server.start()) _exit(1);
  std::size_t next = 0;
  obey(in, out, server.port(), [&] {
    std::lock_guard lock(mutex);
    streams[next++ % streams.size()]->send("t", std::to_string(now_ns()));
  });
  _exit(0);
}

using BareSocket = net::basic_stream_socket<net::ip::tcp, net::io_context::executor_type>;

net::awaitable<void, net::io_context::executor_type> hold(std::shared_ptr<BareSocket> socket,
                                                          std::vector<std::shared_ptr<BareSocket>>& streams) {
  constexpr net::use_awaitable_t<net::io_context::executor_type> token;
  {
    beast::flat_buffer buffer;
    http::request<http::empty_body> request;
    co_await http::async_read(*socket, buffer, request, token);
  }
  static const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  co_await net::async_write(*socket, net::buffer(head), token);
  streams.push_back(std::move(socket));
}

[[noreturn]] void serve_bare(int in, int out) {
  net::io_context io(1);
  net::basic_socket_acceptor<net::ip::tcp, net::io_context::executor_type> acceptor(
      io, {net::ip::make_address("127.0.0.1"), 0});
  std::vector<std::shared_ptr<BareSocket>> streams;
  net::co_spawn(
      io,
      [&]() -> net::awaitable<void, net::io_context::executor_type> {
        constexpr net::use_awaitable_t<net::io_context::executor_type> token;
        while (true) {
          auto socket = std::make_shared<BareSocket>(co_await acceptor.async_accept(token));
          socket->set_option(net::ip::tcp::no_delay(true));
          net::co_spawn(io, hold(std::move(socket), streams), net::detached);
        }
      },
      net::detached);
  std::thread runner([&] { io.run(); });
  std::size_t next = 0;
  obey(in, out, acceptor.local_endpoint().port(), [&] {
    net::post(io, [&, text = "event: t\ndata: " + std::to_string(now_ns()) + "\n\n"] {
      boost::system::error_code ignored;
      net::write(*streams[next++ % streams.size()], net::buffer(text), ignored);
    });
  });
  _exit(0);
}

int open_stream(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return -1;
  static constexpr std::string_view kRequest = "GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  (void)!write(fd, kRequest.data(), kRequest.size());
  char head[1024];
  return read(fd, head, sizeof head) > 0 ? fd : -1;
}

// Microseconds from sent to received.
double receive(int fd) {
  char text[256];
  const ssize_t got = read(fd, text, sizeof text - 1);
  const std::int64_t now = now_ns();
  if (got <= 0) return -1;
  text[got] = '\0';
  const char* data = std::strstr(text, "data: ");
  return data == nullptr ? -1 : static_cast<double>(now - std::atoll(data + 6)) / 1000;
}

}  // namespace

int run_push(const BarePush& options) {
  int to_server[2];
  int from_server[2];
  if (pipe(to_server) != 0 || pipe(from_server) != 0) return 1;
  const pid_t server = fork();
  if (server == 0) {
    close(to_server[1]);
    options.bare ? serve_bare(to_server[0], from_server[1]) : serve_product(to_server[0], from_server[1]);
  }
  std::uint16_t port = 0;
  (void)!read(from_server[0], &port, sizeof port);
  const auto kilobytes = [&] {
    long answer = 0;
    (void)!write(to_server[1], "m", 1);
    (void)!read(from_server[0], &answer, sizeof answer);
    return answer;
  };
  std::vector<int> streams{open_stream(port)};
  const long before = kilobytes();
  while (static_cast<int>(streams.size()) < options.idle) streams.push_back(open_stream(port));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const double each = static_cast<double>(kilobytes() - before) * 1024 / static_cast<double>(streams.size() - 1);
  std::vector<double> took;
  for (int i = 0; i < options.pushes; ++i) {
    (void)!write(to_server[1], "p", 1);
    took.push_back(receive(streams[static_cast<std::size_t>(i) % streams.size()]));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  const auto lost = std::count_if(took.begin(), took.end(), [](double us) { return us < 0; });
  fmt::print(R"({{"idle":{},"lost":{},"bytesPerStream":{:.0f},"us":{}}})"
             "\n",
             streams.size(), lost, each, quantiles_json(took));
  return lost == 0 ? 0 : 1;
}

}  // namespace handrail::bench
