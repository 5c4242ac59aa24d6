// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulate/population.h"
#include "tests/simulation/network.h"

namespace handrail::test {

// A visitor's browser: sends what the model says, one batch at a time, until each is acknowledged; listens; shows
// offers and answers them. Keeps what it was promised, to be compared with what the server kept.
class Page {
 public:
  struct World {
    Schedule& schedule;
    Network& network;
    simulate::Population& population;
    UnixMillis epoch;
    std::vector<std::string>& faults;
  };
  enum class Listening { kStream, kPoll, kDeaf };
  struct Span {
    UnixMillis from = 0;
    UnixMillis to = INT64_MAX;
  };

  // `person`: who is logged in; empty for nobody.
  Page(World world, std::uint32_t index, Listening listening, std::string person);

  void open();
  void push(simulate::Batch batch);

  const std::string& id() const { return id_; }
  bool is_done() const { return letters_.empty() && undelivered_ == 0; }
  Listening listening() const { return listening_; }
  const std::map<std::string, std::set<std::uint64_t>>& acknowledged() const { return acknowledged_; }  // by tab
  const std::set<std::string>& acknowledged_foreign() const { return acknowledged_foreign_; }
  const std::vector<Span>& connected() const { return connected_; }
  bool knows(const std::string& offer) const { return offers_.contains(offer); }
  const std::set<std::string>& displayed() const { return displayed_; }  // and acknowledged

 private:
  struct Letter {
    std::string path;
    std::function<std::string()> body;  // as it is at the moment of sending
    std::function<void(const std::string& answer)> done;
    int attempt = 0;
  };
  using LetterPtr = std::shared_ptr<Letter>;
  void post(const LetterPtr& letter);
  void on_answer(const LetterPtr& letter, int attempt, int status, const std::string& body);
  void send_next();
  void acknowledge(const simulate::Batch& batch, const std::string& answer);
  void send_foreign();

  void connect();
  void disconnected(std::uint64_t connection);
  void on_poll(std::uint64_t connection, int status, const std::string& body);
  void on_event(const std::string& event, const std::string& data);
  void on_offer(const std::string& id);
  void show(const std::string& id);
  void respond(const std::string& id);
  void answer(const std::string& id, const std::string& what, const std::string& more, std::function<void()> done);

  World world_;
  const std::uint32_t index_;
  const Listening listening_;
  const std::string person_;
  const std::string id_;
  std::deque<simulate::Batch> letters_;  // the first is on its way
  int undelivered_ = 0;                  // other letters
  std::uint64_t foreign_ = 0;
  std::uint64_t connection_ = 0;
  std::set<std::string> heard_here_;    // over the stream that is open
  std::map<std::string, bool> offers_;  // id -> taken back
  std::set<std::string> displayed_, acknowledged_foreign_;
  std::map<std::string, std::set<std::uint64_t>> acknowledged_;
  std::vector<Span> connected_;
};

}  // namespace handrail::test
