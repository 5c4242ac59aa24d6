// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "gateway/transport.h"
#include "tests/simulation/process.h"

namespace handrail::test {

class SimulatedTransport;

// The server's end of a stream.
class SimulatedStream final : public gateway::EventStream, public std::enable_shared_from_this<SimulatedStream> {
 public:
  SimulatedStream(Listener listener, SimulatedTransport& transport)
      : listener_(std::move(listener)), transport_(transport) {}

  bool send(std::string_view event, std::string_view data, std::string_view id) override;
  void close() override;
  bool is_open() const override { return is_open_; }
  void on_close(std::function<void()> gone) override;

  void end();  // both ends hear of it
  void tell_page_of_end() { listener_.ended(); }
  void break_off();                 // the server notices that the other end is gone
  void forget() { gone_.clear(); }  // the process is gone

 private:
  Listener listener_;
  SimulatedTransport& transport_;
  bool is_open_ = true;
  std::vector<std::function<void()>> gone_;
};

// Server::post, every and the handler, one at a time on simulated time.
class SimulatedTransport final : public gateway::Transport {
 public:
  using Admit = std::function<gateway::Admitted(const gateway::RequestHead&)>;
  SimulatedTransport(const Process::World& world, Admit admit, gateway::Handler handler)
      : schedule_(world.schedule),
        faults_(world.faults),
        trouble_(world.trouble),
        bug_(world.bug),
        admit_(std::move(admit)),
        handler_(std::move(handler)) {}

  Result<void> start() override;
  std::uint16_t port() const override { return 0; }
  void post(std::function<void()> work) override;
  void every(Millis span, std::function<void()> work) override;
  void stop(Millis drain) override;

  void take(gateway::HttpRequest request, Listener listener, const std::shared_ptr<std::size_t>& open);
  void die();

 private:
  friend class SimulatedExchange;
  friend class SimulatedStream;
  void run_posted();
  void break_some_time(const std::shared_ptr<SimulatedStream>& stream);

  Schedule& schedule_;
  std::vector<std::string>& faults_;
  const Trouble& trouble_;
  const Bug bug_;
  const Admit admit_;
  const gateway::Handler handler_;
  std::shared_ptr<int> life_ = std::make_shared<int>();
  std::deque<std::function<void()>> posted_;
  std::vector<std::weak_ptr<SimulatedStream>> streams_;
};

}  // namespace handrail::test
