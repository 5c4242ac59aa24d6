// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/process.h"

#include <algorithm>
#include <deque>

#include "tests/simulation/passing.h"
#include "tests/simulation/transport.h"

namespace handrail::test {
namespace {

// Tables that refuse to write now and then, before anything is written.
class RefusingTables final : public PassingTables {
 public:
  RefusingTables(std::shared_ptr<MemoryTables> inner, const Process::World& world)
      : PassingTables(std::move(inner)), random_(world.schedule.random), trouble_(world.trouble), bug_(world.bug) {}
  Result<void> write(std::span<const Write> writes) override {
    if (bug_ == Bug::kTornCommit && random_.chance(30)) {
      (void)PassingTables::write(writes.first(writes.size() / 2));
      return fail(ErrorCode::kUnavailable, "torn");
    }
    if (random_.chance(trouble_.store_fails)) return fail(ErrorCode::kUnavailable, "the store refuses");
    return PassingTables::write(writes);
  }
  Result<void> sync() override {
    if (random_.chance(trouble_.store_fails)) return fail(ErrorCode::kUnavailable, "the store cannot sync");
    return PassingTables::sync();
  }

 private:
  simulate::Random& random_;
  const Trouble& trouble_;
  const Bug bug_;
};

// The planted bug that loses the news of an offer.
class LosingOutbox final : public Outbox {
 public:
  LosingOutbox(Outbox& inner, simulate::Random& random) : inner_(inner), random_(random) {}
  void publish(std::vector<Publication> publications) override {
    std::erase_if(publications, [&](const Publication& p) {
      return std::holds_alternative<InterventionNews>(p.news) && random_.chance(20);
    });
    inner_.publish(std::move(publications));
  }
  bool is_watched(VisitorKey visitor) const override { return inner_.is_watched(visitor); }

 private:
  Outbox& inner_;
  simulate::Random& random_;
};

// Reads run a little later, one at a time.
class SimulatedReading final : public gateway::Reading {
 public:
  SimulatedReading(Schedule& schedule, std::weak_ptr<int> life) : schedule_(schedule), life_(std::move(life)) {}
  bool run(std::function<void()> work) override {
    schedule_.within(0, 5, [life = life_, work = std::move(work)] {
      if (life.lock()) work();
    });
    return true;
  }
  void stop() override {}

 private:
  Schedule& schedule_;
  std::weak_ptr<int> life_;
};

}  // namespace

Process::Process(World world, std::shared_ptr<MemoryTables> tables, const WorkerOptions& options)
    : world_(world), tables_(std::move(tables)) {
  auto store = TableStateStore::open(std::make_unique<RefusingTables>(tables_, world_));
  if (!store) return;
  store_ = std::move(*store);
  hub_ = std::make_unique<gateway::Hub>(gateway::HubOptions{}, world_.schedule.clock, metrics_);
  if (world_.bug == Bug::kNewsLost) outbox_ = std::make_unique<LosingOutbox>(*hub_, world_.schedule.random);
  const std::uint32_t partitions = world_.trouble.partitions;
  Outbox& outbox = outbox_ ? *outbox_ : *hub_;
  for (std::uint32_t p = 0; p < partitions; ++p) {
    workers_.push_back(std::make_unique<Worker>(Partition{p, partitions}, options,
                                                Worker::Ports{world_.log, *store_, outbox, world_.schedule.clock}));
  }
  gateway::GatewayOptions o;
  o.drain = 0;
  gateway_ = std::make_unique<gateway::Gateway>(
      o,
      gateway::GatewayPorts{world_.log, world_.log, *store_, *this, *hub_, world_.schedule.clock, metrics_,
                            [](std::string_view) { return std::optional<gateway::Asset>{}; }},
      gateway::GatewayRuntime{[this](gateway::ServerOptions served, gateway::Handler handler) {
                                auto transport = std::make_unique<SimulatedTransport>(world_, std::move(served.admit),
                                                                                      std::move(handler));
                                transport_ = transport.get();
                                return transport;
                              },
                              [this] { return std::make_unique<SimulatedReading>(world_.schedule, life_); }});
}

Process::~Process() {
  life_.reset();
  if (transport_ != nullptr) transport_->die();
}

bool Process::start() {
  if (!store_ || !store_->prepare(world_.trouble.partitions, 0)) return false;
  durable_at_start_ = world_.log.end();
  for (auto& worker : workers_) {
    if (const auto recovered = worker->recover(); !recovered) {
      world_.faults.push_back("a worker cannot recover: " + recovered.error().message);
      return false;
    }
  }
  if (!gateway_->start()) return false;
  for (std::size_t i = 0; i < workers_.size(); ++i) later(0, 10, [this, i] { keep_working(i); });
  return true;
}

void Process::later(Millis least, Millis most, std::function<void()> work) {
  world_.schedule.within(least, most, [life = std::weak_ptr(life_), work = std::move(work)] {
    if (life.lock()) work();
  });
}

// What the engine's thread does, with a pause of any length between any two of its steps.
void Process::keep_working(std::size_t i) {
  simulate::Random& random = world_.schedule.random;
  Worker& worker = *workers_[i];
  bool is_idle = false;
  switch (random.below(8)) {
    case 0:
      (void)worker.checkpoint();
      break;
    case 1:
      if (random.chance(20)) (void)store_->sync();
      break;
    default: {
      const auto stepped = worker.step();
      is_idle = stepped && *stepped == 0;
    }
  }
  later(1, is_idle ? 120 : 20, [this, i] { keep_working(i); });
}

void Process::step_all() {
  for (auto& worker : workers_) (void)worker->step();
}

bool Process::settle(std::chrono::milliseconds) {
  if (world_.schedule.random.chance(world_.trouble.settle_fails)) return false;
  return catch_up();
}

bool Process::catch_up() {
  const Offset target = world_.log.end();
  for (int tries = 0; tries < 3; ++tries) {
    step_all();
    for (auto& worker : workers_) (void)worker->checkpoint();
    if (std::ranges::all_of(workers_, [&](const auto& worker) { return worker->written() >= target; })) return true;
  }
  return false;
}

bool Process::await_folded(Offset offset, std::chrono::milliseconds) {
  if (world_.schedule.random.chance(80)) step_all();
  return std::ranges::all_of(workers_, [&](const auto& worker) { return worker->announced() > offset; });
}

bool Process::knows_control() const {
  return std::ranges::all_of(workers_, [&](const auto& worker) { return worker->announced() >= durable_at_start_; });
}

void Process::say_goodbye() {
  gateway_->stop();
  (void)catch_up();
  (void)store_->sync();
}

void Process::take(gateway::HttpRequest request, Listener listener) {
  transport_->take(std::move(request), std::move(listener), open_requests_);
}

}  // namespace handrail::test
