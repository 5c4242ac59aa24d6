// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/process.h"

namespace handrail::test {

// Between pages and the server: delays, loses and doubles requests and answers. Streams keep their order.
class Network {
 public:
  Network(Schedule& schedule, const Trouble& trouble) : schedule_(schedule), trouble_(trouble) {}

  void lead_to(Process* process) { process_ = process; }
  void send(const gateway::HttpRequest& request, Listener listener);
  // A stream or a long poll: never doubled, and its beginning is not lost.
  void connect(gateway::HttpRequest request, Listener listener);
  // The process is gone: whoever waits for an answer learns that the connection ended.
  void break_all();

 private:
  struct Wire {
    Listener listener;
    UnixMillis last_due = 0;
    bool is_answered = false;
  };
  void arrive(gateway::HttpRequest request, const std::shared_ptr<Wire>& wire, bool answer_lost);
  Listener server_end(const std::shared_ptr<Wire>& wire, bool answer_lost);
  void back(const std::shared_ptr<Wire>& wire, std::function<void()> work);

  Schedule& schedule_;
  const Trouble& trouble_;
  Process* process_ = nullptr;
  std::vector<std::weak_ptr<Wire>> open_;
};

}  // namespace handrail::test
