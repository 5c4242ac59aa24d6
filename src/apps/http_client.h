// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail {

// A small blocking HTTP/1.1 client for our own commands: one keep-alive connection. Shows the token of the environment
// (HANDRAIL_TOKEN), where there is one.
class HttpClient {
 public:
  struct Answer {
    int status = 0;
    std::string body;
  };
  struct StreamEvent {
    std::string event;
    std::string data;
  };

  HttpClient(std::string host, std::uint16_t port);
  explicit HttpClient(const std::string& server);  // "127.0.0.1:8080"
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Result<Answer> get(const std::string& path);
  Result<Answer> post(const std::string& path, std::string_view body);
  Result<Answer> ask(const std::string& method, const std::string& path, std::string_view body);

  // Turns the connection into an event stream.
  Result<void> open_stream(const std::string& path);
  // The next event, or nothing when `wait_ms` pass first. kUnavailable when the stream ended.
  Result<std::optional<StreamEvent>> next_event(int wait_ms);

  int descriptor() const { return fd_; }

 private:
  Result<void> connect();
  Result<void> send(std::string_view bytes);
  Result<void> receive_more(int wait_ms);
  std::string head_of(const std::string& method, const std::string& path) const;

  std::string host_;
  std::uint16_t port_;
  std::string token_;
  int fd_ = -1;
  std::string received_;
};

}  // namespace handrail
