// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail {

// Many keep-alive connections and event streams to one server, on one thread: a load generator's side of HTTP/1.1.
// Requests beyond the connections wait in a queue. Callbacks run inside work().
class HttpFleet {
 public:
  struct Ask {
    std::string method;
    std::string path;
    std::string body;
    std::string user_agent;
  };
  struct Answer {
    int status = 0;  // 0: the connection ended first, so nobody knows what became of the request
    int retry_after_s = 0;
    std::string body;
  };
  using Answered = std::function<void(Answer)>;
  using Heard = std::function<void(std::string_view event, std::string_view data)>;

  HttpFleet(std::string host, std::uint16_t port, std::size_t connections);
  ~HttpFleet();

  void ask(Ask ask, Answered answered);
  // Opens an event stream beside the connections; one that was lost opens again half a second later.
  Result<void> listen(const std::string& path, Heard heard);
  // Sends and receives what is ready; waits for it until `deadline` at most.
  void work(std::chrono::steady_clock::time_point deadline);

  std::size_t unanswered() const;  // asked, queued ones included
  std::size_t streams_open() const;
  std::size_t streams_lost() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace handrail
