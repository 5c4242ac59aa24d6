// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "engine/folding.h"
#include "engine/worker.h"
#include "gateway/gateway.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/slow_log.h"
#include "tests/simulation/trouble.h"

namespace handrail::test {

// What a client hears of one request; any part may stay silent.
struct Listener {
  std::function<void(int status, const std::string& body)> answered;
  std::function<void(const std::string& event, const std::string& data)> heard;  // over a stream
  std::function<void()> ended;                                                   // the stream
};

class SimulatedStream;
class SimulatedTransport;

// One life of a server: gateway, hub and workers as they are, on simulated time, threads and network. It ends by being
// destroyed: what was in its memory is gone.
class Process final : public Folding {
 public:
  struct World {
    Schedule& schedule;
    const Trouble& trouble;
    Bug bug;
    SlowLog& log;
    std::vector<std::string>& faults;
  };
  Process(World world, std::shared_ptr<MemoryTables> tables, const WorkerOptions& options);
  ~Process() override;

  bool start();
  void say_goodbye();  // stops in order, as far as memory allows
  void take(gateway::HttpRequest request, Listener listener);
  bool catch_up();  // everything durable is folded and written

  bool settle(std::chrono::milliseconds) override;
  bool await_folded(Offset offset, std::chrono::milliseconds) override;
  bool knows_control() const override;
  std::optional<Error> fault() const override { return std::nullopt; }

  TableStateStore& store() { return *store_; }
  std::size_t waiting_requests() const { return *open_requests_; }

 private:
  void keep_working(std::size_t worker);
  void step_all();
  void later(Millis least, Millis most, std::function<void()> work);

  World world_;
  std::shared_ptr<MemoryTables> tables_;
  std::shared_ptr<int> life_ = std::make_shared<int>();
  std::shared_ptr<std::size_t> open_requests_ = std::make_shared<std::size_t>(0);
  telemetry::Metrics metrics_;
  std::unique_ptr<TableStateStore> store_;
  std::unique_ptr<gateway::Hub> hub_;
  std::unique_ptr<Outbox> outbox_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Offset durable_at_start_ = 0;
  SimulatedTransport* transport_ = nullptr;
  std::unique_ptr<gateway::Gateway> gateway_;
};

}  // namespace handrail::test
