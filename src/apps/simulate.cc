// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>

#include "apps/commands.h"
#include "apps/simulation.h"

// The command: what it was asked for, how it went, and whether the server kept its word.
namespace handrail {
namespace {

namespace json = boost::json;

json::object latency_json(const LatencyHistogram& h) {
  return {{"count", h.count()},        {"p50", h.quantile_ms(.5)},    {"p90", h.quantile_ms(.9)},
          {"p99", h.quantile_ms(.99)}, {"p999", h.quantile_ms(.999)}, {"max", h.max_ms()}};
}

json::object states_json(const SimulationResult& r) {
  json::object states;
  for (std::size_t i = 0; i < simulate::kHiddenStates; ++i) {
    const auto& s = r.states[i];
    const std::string_view name = simulate::name_of(static_cast<simulate::HiddenState>(i));
    states[json::string_view(name.data(), name.size())] =
        json::object{{"visitors", s.visitors}, {"goals", s.goals}, {"offered", s.offered}, {"accepted", s.accepted}};
  }
  return states;
}

void print_json(const SimulationOptions& o, const SimulationResult& r) {
  json::object statuses;
  for (const auto& [status, count] : r.statuses) statuses[std::to_string(status)] = count;
  json::object responses;
  for (std::size_t i = 0; i < simulate::kResponses; ++i)
    responses[std::string(simulate::name_of(static_cast<simulate::Response>(i)))] = r.responses[i];
  json::array faults;
  for (const std::string& words : r.read_back.faults) faults.push_back(json::string(words));
  const json::object out{
      {"seed", o.population.seed},
      {"visitors", o.population.visitors},
      {"eventsPerSecond",
       json::object{{"intended", o.population.events_per_second}, {"sent", static_cast<double>(r.events) / r.seconds}}},
      {"seconds", r.seconds},
      {"events", r.events},
      {"requests", r.requests},
      {"attempts", r.attempts},
      {"statuses", std::move(statuses)},
      {"rejected", r.rejected},
      {"undelivered", r.undelivered},
      {"ackMs", latency_json(r.ack)},
      {"struggleToOfferMs", latency_json(r.offer)},
      {"streams", json::object{{"open", r.streams}, {"lost", r.streams_lost}}},
      {"offers",
       json::object{{"pushed", r.offers}, {"pushedTwice", r.pushed_twice}, {"responses", std::move(responses)}}},
      {"states", states_json(r)},
      {"readBack", json::object{{"holds", r.read_back.holds()},
                                {"visitors", r.read_back.visitors},
                                {"events", r.read_back.events},
                                {"missing", r.read_back.missing},
                                {"twice", r.read_back.twice},
                                {"outOfOrder", r.read_back.out_of_order},
                                {"folded", r.read_back.folded},
                                {"displayed", r.read_back.offers},
                                {"displayedOnce", r.read_back.displayed_once},
                                {"faults", std::move(faults)}}}};
  fmt::print("{}\n", json::serialize(out));
}

void print_latency(const char* name, const LatencyHistogram& h, const char* note) {
  if (h.count() == 0) return fmt::print("  {:<10} none\n", name);
  fmt::print("  {:<10} p50 {:.1f}   p90 {:.1f}   p99 {:.1f}   p99.9 {:.1f}   max {:.1f} ms   {}\n", name,
             h.quantile_ms(.5), h.quantile_ms(.9), h.quantile_ms(.99), h.quantile_ms(.999), h.max_ms(), note);
}

std::string answers_in_words(const SimulationResult& r) {
  std::string words;
  for (const auto& [status, count] : r.statuses) {
    if (!words.empty()) words += "   ";
    words += status == 0 ? fmt::format("no answer {}", count) : fmt::format("{} x {}", status, count);
  }
  return words;
}

void print_text(const SimulationOptions& o, const SimulationResult& r) {
  fmt::print("{} visitors, {} events/s for {} s, seed {}, batches of up to {}, {} streams; {}:{}\n\n",
             o.population.visitors, o.population.events_per_second, o.population.duration / kSecond, o.population.seed,
             o.batch, r.streams, o.host, o.port);
  fmt::print("  {:<10} {} events in {} requests, {:.1f} events/s\n", "sent", r.events, r.requests,
             static_cast<double>(r.events) / r.seconds);
  fmt::print("  {:<10} {}{}\n", "answered", answers_in_words(r),
             r.undelivered == 0 ? "" : fmt::format("   undelivered {}", r.undelivered));
  print_latency("ack", r.ack, "from the intended time");
  print_latency("offer", r.offer, "from the struggle's intended time");
  fmt::print("\n  {:<12}{:>10}{:>16}{:>12}{:>12}\n", "state", "visitors", "reached goal", "offered", "accepted");
  for (std::size_t i = 0; i < simulate::kHiddenStates; ++i) {
    const auto& s = r.states[i];
    fmt::print("  {:<12}{:>10}{:>16}{:>12}{:>12}\n", simulate::name_of(static_cast<simulate::HiddenState>(i)),
               s.visitors, s.goals, s.offered, s.accepted);
  }
  fmt::print("\n  {:<10} {} pushed", "offers", r.offers);
  for (std::size_t i = 0; i < simulate::kResponses; ++i)
    fmt::print("   {} {}", simulate::name_of(static_cast<simulate::Response>(i)), r.responses[i]);
  const auto& back = r.read_back;
  fmt::print(
      "\n  {:<10} {} of {} acknowledged events of {} visitors, {} twice, {} folded; {} of {} offers displayed once\n",
      "read back", back.events, back.events + back.missing, back.visitors, back.twice, back.folded, back.displayed_once,
      back.offers);
  for (const std::string& words : back.faults) fmt::print("  {:<10} {}\n", "fault", words);
  fmt::print("  {:<10} {}\n", "", back.holds() ? "exactly once: holds" : "exactly once: does not hold");
}

}  // namespace

int run_simulate(const SimulateFlags& flags) {
  SimulationOptions options;
  const std::size_t colon = flags.server.rfind(':');
  if (colon == std::string::npos) {
    fmt::print(stderr, "handrail: --server must be ADDRESS:PORT\n");
    return kUsage;
  }
  options.host = flags.server.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::atoi(flags.server.c_str() + colon + 1));
  const std::uint32_t at_once = simulate::Population::visitors_at_once(flags.events_per_second);
  const std::uint32_t visitors = flags.visitors > 0 ? static_cast<std::uint32_t>(flags.visitors) : at_once * 4;
  if (visitors < at_once) {
    fmt::print(stderr,
               "handrail: {} visitors cannot make {} events/s, since each acts every few seconds; take {} or more\n",
               visitors, flags.events_per_second, at_once);
    return kUsage;
  }
  options.population = {visitors, flags.events_per_second, flags.duration_s * kSecond, flags.seed};
  options.batch = static_cast<std::size_t>(flags.batch);
  options.streams = std::min(visitors, flags.streams >= 0 ? static_cast<std::uint32_t>(flags.streams) : 1000U);
  options.connections = static_cast<std::size_t>(flags.connections);
  options.record = flags.record;
  options.settle = flags.settle_s * kSecond;
  Simulation simulation(options);
  if (auto prepared = simulation.prepare(); !prepared) {
    fmt::print(stderr, "handrail: {}\n", prepared.error().message);
    return exit_code_of(prepared.error());
  }
  simulation.run();
  simulation.read_back();
  const SimulationResult& result = simulation.result();
  flags.json ? print_json(options, result) : print_text(options, result);
  const bool holds = result.read_back.holds() && result.undelivered == 0 && result.rejected == 0;
  return holds ? kOk : kCheckFailed;
}

}  // namespace handrail
