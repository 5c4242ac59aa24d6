// SPDX-License-Identifier: Apache-2.0
#include "apps/http_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace handrail {
namespace {

constexpr int kAnswerWithinMs = 10'000;

tl::unexpected<Error> failed(const std::string& call) {
  return fail(ErrorCode::kUnavailable, call + ": " + std::strerror(errno));
}

}  // namespace

HttpClient::HttpClient(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {
  if (const char* token = std::getenv("HANDRAIL_TOKEN")) token_ = token;
}

HttpClient::HttpClient(const std::string& server)
    : HttpClient(server.substr(0, server.rfind(':')),
                 static_cast<std::uint16_t>(std::atoi(server.c_str() + server.rfind(':') + 1))) {}

HttpClient::~HttpClient() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> HttpClient::connect() {
  if (fd_ >= 0) return {};
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1)
    return fail(ErrorCode::kInvalidArgument, "not an IPv4 address: " + host_);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(fd_);
    fd_ = -1;
    return failed("cannot reach " + host_ + ":" + std::to_string(port_));
  }
  return {};
}

Result<void> HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return failed("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<void> HttpClient::receive_more(int wait_ms) {
  pollfd ready{fd_, POLLIN, 0};
  if (::poll(&ready, 1, wait_ms) == 0) return fail(ErrorCode::kTimeout, "no answer in time");
  std::array<char, 16 << 10> chunk;
  const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
  if (got < 0) return failed("receive");
  if (got == 0) return fail(ErrorCode::kUnavailable, "the server closed the connection");
  received_.append(chunk.data(), static_cast<std::size_t>(got));
  return {};
}

std::string HttpClient::head_of(const std::string& method, const std::string& path) const {
  std::string head = method + " " + path + " HTTP/1.1\r\nHost: " + host_ + ":" + std::to_string(port_) + "\r\n";
  return token_.empty() ? head : head + "Authorization: Bearer " + token_ + "\r\n";
}

Result<HttpClient::Answer> HttpClient::ask(const std::string& method, const std::string& path, std::string_view body) {
  if (auto done = connect(); !done) return pass_on(done);
  std::string request = head_of(method, path);
  if (method == "POST" || method == "PUT")
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  if (auto done = send(request); !done) return pass_on(done);
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (auto done = receive_more(kAnswerWithinMs); !done) return pass_on(done);
  }
  Answer answer;
  answer.status = std::atoi(received_.c_str() + 9);
  const std::size_t length_at = received_.find("Content-Length: ");
  const std::size_t length =
      length_at < head_end ? static_cast<std::size_t>(std::atoll(received_.c_str() + length_at + 16)) : 0;
  while (received_.size() < head_end + 4 + length) {
    if (auto done = receive_more(kAnswerWithinMs); !done) return pass_on(done);
  }
  answer.body = received_.substr(head_end + 4, length);
  received_.erase(0, head_end + 4 + length);
  return answer;
}

Result<HttpClient::Answer> HttpClient::get(const std::string& path) { return ask("GET", path, {}); }
Result<HttpClient::Answer> HttpClient::post(const std::string& path, std::string_view body) {
  return ask("POST", path, body);
}

Result<void> HttpClient::open_stream(const std::string& path) {
  if (auto done = connect(); !done) return done;
  if (auto done = send(head_of("GET", path) + "Accept: text/event-stream\r\n\r\n"); !done) return done;
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (auto done = receive_more(kAnswerWithinMs); !done) return done;
  }
  const int status = std::atoi(received_.c_str() + 9);
  received_.erase(0, head_end + 4);
  if (status != 200) return fail(ErrorCode::kUnavailable, "the stream was answered " + std::to_string(status));
  return {};
}

Result<std::optional<HttpClient::StreamEvent>> HttpClient::next_event(int wait_ms) {
  while (true) {
    const std::size_t end = received_.find("\n\n");
    if (end == std::string::npos) {
      auto more = receive_more(wait_ms);
      if (!more && more.error().code == ErrorCode::kTimeout) return std::optional<StreamEvent>{};
      if (!more) return pass_on(more);
      continue;
    }
    StreamEvent event;
    std::size_t at = 0;
    while (at < end) {
      const std::size_t line_end = std::min(received_.find('\n', at), end);
      const std::string_view line(received_.data() + at, line_end - at);
      if (line.starts_with("event: ")) event.event = line.substr(7);
      if (line.starts_with("data: ")) event.data = line.substr(6);
      at = line_end + 1;
    }
    received_.erase(0, end + 2);
    if (!event.event.empty()) return std::optional(std::move(event));
  }
}

}  // namespace handrail
