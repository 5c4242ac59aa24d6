// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "simulate/random.h"

namespace handrail::simulate {

// What is going on in a visitor, which nobody outside can see.
enum class HiddenState : std::uint8_t {
  kFinishing,   // fills in the form and is done
  kHesitating,  // looks, leaves fields empty, looks away
  kStuck,       // a field that does not want what they type
  kLost,        // goes in circles between pages and searches
  kBroken,      // presses a button that does nothing
  kBot,         // a program: its clicks are nobody's
};
inline constexpr std::size_t kHiddenStates = 6;
std::string_view name_of(HiddenState state);

// What a visitor does with an offer.
enum class Response : std::uint8_t { kAccept, kDismiss, kSnooze, kIgnore };
inline constexpr std::size_t kResponses = 4;
std::string_view name_of(Response response);

struct OfferResponse {
  Response response = Response::kIgnore;
  Millis after = 0;      // being displayed
  bool forever = false;  // "Don't show again"
};

// A fact on its way: it happened, and `at` the page puts it into the queue (a click waits 150 ms for its outcome).
struct SimulatedEvent {
  Millis at = 0;
  Millis happened = 0;
  Millis mono = 0;
  std::uint32_t tab = 0;  // the visitor's how manyth
  std::uint64_t seq = 0;
  std::string type;
  std::string data;
  bool is_urgent = false;  // may reveal a struggle: sent at once
};

// A few seconds of a visit.
struct Act {
  std::vector<SimulatedEvent> events;  // in the order of `at`
  Millis ends = 0;
  bool leaves = false;
};

// One visitor of a loan form. Everything it does follows from the seed, its index and the help it accepted.
class Visitor {
 public:
  Visitor(std::uint64_t seed, std::uint32_t index);

  Act act(Millis at);
  // What it does with the offer that is displayed now.
  OfferResponse respond();
  // Accepted help makes what it is stuck on likelier to be solved.
  void take_help() { helped_ = true; }

  HiddenState state() const { return state_; }
  bool reached_goal() const { return goals_ > 0; }
  std::uint32_t tab() const { return tab_; }
  const std::string& anonymous_id() const { return id_; }
  std::string tab_id(std::uint32_t tab) const;
  std::string_view user_agent() const;

 private:
  void say(Millis after, std::string_view type, std::string data, bool is_urgent = false);
  void click(Millis after, std::string_view key, bool trusted, bool answered);
  void fill_in(Millis after, std::string_view name);
  void reach_goal(Millis after);
  void give_up(Millis after, std::string_view kind);
  void leave(Millis after);

  void finish();
  void hesitate();
  void be_stuck();
  void be_lost();
  void press_what_is_broken();
  void crawl();
  void try_the_field();

  HiddenState state_;
  std::string id_;
  Random random_;
  Random responses_;  // apart, so that what is offered does not change what is drawn for the acts
  int phase_ = 0;     // acts since it came
  int attempts_ = 0;
  bool helped_ = false;
  std::uint32_t goals_ = 0;
  std::uint32_t tab_ = 0;
  std::uint64_t seq_ = 0;
  std::uint64_t clicks_ = 0;
  Millis tab_began_ = 0;
  Millis began_ = 0;  // the act in hand
  Act act_;
};

}  // namespace handrail::simulate
