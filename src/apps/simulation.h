// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "apps/http_fleet.h"
#include "apps/latency.h"
#include "apps/progress.h"
#include "simulate/population.h"

namespace handrail {

struct SimulationOptions {
  std::string host;
  std::uint16_t port = 0;
  simulate::PopulationOptions population;
  std::size_t batch = 1;
  std::uint32_t streams = 0;  // visitors whose page listens
  std::size_t connections = 64;
  std::string record;  // file; empty: none
  // Before reading back, where what was acknowledged is listed only once it is folded elsewhere. Then what was refused
  // may have been kept as well: a stream does not always say.
  Millis settle = 0;
};

// What a visitor's page knows, to be compared with what the server says afterwards.
struct Ledger {
  struct Offer {
    std::string id;
    std::int64_t heard_at = 0;  // us since the start
    bool is_displayed = false;  // and acknowledged
  };
  std::vector<std::uint64_t> acknowledged;                 // by tab: facts 1 to n
  std::vector<std::uint64_t> sent;                         // by tab: facts 1 to n
  bool has_unknown = false;                                // of some attempt nobody knows what became of it
  std::unordered_map<std::string, std::int64_t> intended;  // event id -> us since the start; of listening pages
  std::vector<Offer> offers;
};

struct SimulationResult {
  std::uint64_t events = 0, requests = 0, attempts = 0, accepted = 0, rejected = 0, undelivered = 0;
  std::map<int, std::uint64_t> statuses;  // of attempts; 0: the connection ended
  double seconds = 0;                     // of sending
  LatencyHistogram ack, offer;
  std::array<std::uint64_t, simulate::kResponses> responses{};
  std::uint64_t offers = 0, pushed_twice = 0;
  std::size_t streams = 0, streams_lost = 0;
  struct OfState {
    std::uint64_t visitors = 0, goals = 0, offered = 0, accepted = 0;
  };
  std::array<OfState, simulate::kHiddenStates> states{};
  struct ReadBack {
    std::uint64_t visitors = 0, events = 0, missing = 0, twice = 0, out_of_order = 0, folded = 0;
    std::uint64_t offers = 0, displayed_once = 0;
    std::vector<std::string> faults;  // the first few, in words
    bool holds() const { return faults.empty(); }
  } read_back;
};

// Drives a population against a running server, open loop, and then reads back what the server kept.
class Simulation {
 public:
  explicit Simulation(SimulationOptions options);
  ~Simulation();

  Result<void> prepare();  // kConflict when the server knows this seed's visitors already
  void run();
  void read_back();
  const SimulationResult& result() const { return result_; }

 private:
  using Steady = std::chrono::steady_clock;
  struct Letter {
    simulate::Batch batch;
    int tries = 0;
  };
  struct Timer {
    Millis at;
    std::uint64_t number;
    std::function<void()> work;
    bool operator>(const Timer& other) const { return at != other.at ? at > other.at : number > other.number; }
  };

  std::int64_t now_us() const;
  Millis now() const { return now_us() / 1000; }
  void at(Millis when, std::function<void()> work);
  void run_timers();
  void send_due();
  void work_until(Millis when);
  void drain(Progress& progress);
  std::string so_far() const;

  Result<void> open_streams();
  void post(std::uint32_t visitor, simulate::Batch batch);
  void attempt(std::uint32_t visitor);
  void on_answer(std::uint32_t visitor, HttpFleet::Answer answer);
  void on_accepted(std::uint32_t visitor, const std::string& body);
  void on_offer(std::uint32_t visitor, const std::string& id);
  void answer_offer(std::uint32_t visitor, std::size_t offer, const std::string& what, const std::string& body,
                    int tries = 0);
  void respond(std::uint32_t visitor, std::size_t offer);
  bool may_be_kept(int status) const;
  Millis pause_after(const HttpFleet::Answer& answer, int tries);
  void record(Millis at, const std::string& path, std::string_view user_agent, const std::string& body);
  void sum_up();

  // Read back, a chain of pages for each visitor (simulation_check.cc).
  void read(std::string path, std::function<void(const std::string& body)> take);
  void read_events(std::uint32_t visitor, const std::string& before);
  void read_journeys(std::uint32_t visitor);
  void read_offers(std::uint32_t visitor);
  void read_causes(std::uint32_t visitor);
  void compare(std::uint32_t visitor);
  void compare_offers(std::uint32_t visitor, const std::string& body);
  void fault(std::string words);

  const SimulationOptions options_;
  simulate::Population population_;
  simulate::Batches batches_;
  std::optional<simulate::Batch> next_;
  HttpFleet fleet_;
  simulate::Random random_;
  Steady::time_point begun_;
  UnixMillis epoch_ = 0;                     // wall time of the start
  std::vector<std::deque<Letter>> letters_;  // by visitor; the first is on its way
  std::vector<Ledger> ledgers_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t timer_number_ = 0;
  std::size_t undelivered_ = 0;
  bool is_over_ = false;  // nothing is tried again
  std::FILE* record_ = nullptr;
  SimulationResult result_;
  struct Listed {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> events;  // tab, seq; newest first
  };
  std::unordered_map<std::uint32_t, Listed> listed_;
};

}  // namespace handrail
