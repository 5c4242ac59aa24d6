// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/http_client.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace handrail;

namespace {

// A server on loopback that answers each request on its connections with the same bytes, or with silence.
class Answering {
 public:
  explicit Answering(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener_, 8) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Answering() {
    shutdown(listener_, SHUT_RDWR);
    if (const int open = connection_.exchange(-1); open >= 0) shutdown(open, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  std::string url;
  std::atomic<int> connections{0}, requests{0};
  std::string received;  // read it once an answer is there

 private:
  void serve() {
    for (int one = -1; (one = accept(listener_, nullptr, nullptr)) >= 0;) {
      ++connections;
      connection_ = one;
      char bytes[65536];
      for (ssize_t got = 0; (got = recv(one, bytes, sizeof(bytes), 0)) > 0;) {
        received.append(bytes, static_cast<std::size_t>(got));
        const std::size_t end = received.find("\r\n\r\n");
        if (end == std::string::npos || (received.starts_with("POST") && !received.ends_with("}"))) continue;
        ++requests;
        if (!answer_.empty()) (void)!write(one, answer_.data(), answer_.size());
      }
      connection_ = -1;
      close(one);
    }
  }

  const std::string answer_;
  int listener_ = -1;
  std::atomic<int> connection_{-1};
  std::thread thread_;
};

aws::HttpCall post(const std::string& url) { return {"POST", url, {{"x-a", "b"}}, "{}", kSecond, 2 * kSecond}; }

}  // namespace

TEST_CASE("an answer is read whole, and the connection serves the next call") {
  Answering server(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Amzn-ErrorType:  Some \r\nDate: Mon, 04 May 2026 09:30:00 "
      "GMT\r\n\r\nhello");
  const auto client = aws::make_curl_client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client->send(post(server.url + "/a%3Ab/../c"));
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body == "hello");
    CHECK(reply->header("x-amzn-errortype") == "Some");
  }
  CHECK(server.connections == 1);
  CHECK(server.received.starts_with("POST /a%3Ab/../c HTTP/1.1\r\n"));  // as it was signed
  CHECK(server.received.find("x-a: b\r\n") != std::string::npos);
  CHECK(server.received.find("Expect") == std::string::npos);
}

TEST_CASE("who is not there is unavailable, who is silent times out, and what is too large is not read") {
  const auto client = aws::make_curl_client({.connections_idle_max = 4, .answer_bytes_max = 1000});
  CHECK(client->send(post("http://127.0.0.1:1/")).error().code == ErrorCode::kUnavailable);
  CHECK(client->send(post("gopher://127.0.0.1:1/")).error().code == ErrorCode::kUnavailable);
  Answering silent("");
  aws::HttpCall call = post(silent.url);
  call.within = 200;
  CHECK(client->send(call).error().code == ErrorCode::kTimeout);
  Answering talkative("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
  const auto reply = client->send(post(talkative.url));
  CHECK(reply.error().code == ErrorCode::kLimitExceeded);
  CHECK(reply.error().limit == 1000);
}
