// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/http.h"
#include "ports/clock.h"
#include "ports/outbox.h"
#include "telemetry/metrics.h"

namespace handrail::gateway {

struct HubOptions {
  Millis forget_ended_after = 60 * kSecond;  // an ended offer stays findable for late answers by user
  bool chat_comes_folded = false;            // else what people say is pushed right after its append
  Millis agent_gone_after = 10 * kSecond;    // an agent whose desk streams are gone this long is set away
};

// When pages that are told goodbye come back, spread evenly between the two.
struct Comeback {
  Millis soonest = 0;
  Millis latest = 0;
};

// Where pages, watchers and desks listen, and what is live now. Receives the engine's publications on any thread and
// handles them on the I/O thread, where everything else here is used too.
class Hub final : public Outbox {
 public:
  using Post = std::function<void(std::function<void()>)>;
  using AgentName = std::pair<std::string, std::string>;  // site, name
  struct Agent {
    bool available = false;
    UnixMillis since = 0;
    std::size_t desks = 0;      // open desk streams
    UnixMillis gone_since = 0;  // when the last one closed
  };

  Hub(HubOptions options, const Clock& clock, telemetry::Metrics& metrics);
  void set_post(Post post) { post_ = std::move(post); }
  // Hears every entry of the control log, on the I/O thread.
  void set_on_control(std::function<void(const core::LoggedRecord&)> heard) { on_control_ = std::move(heard); }

  // Outbox, any thread.
  void publish(std::vector<Publication> publications) override;
  bool is_watched(VisitorKey visitor) const override;

  // The rest: on the I/O thread.
  void add_page(const std::string& site, const std::vector<VisitorKey>& visitors, const std::string& user_id,
                std::shared_ptr<EventStream> stream);
  std::vector<std::string> sites_with_pages() const;
  void to_site(std::string_view site, std::string_view event, const std::string& data);  // to each of its pages
  void add_watcher(VisitorKey visitor, std::shared_ptr<EventStream> stream);
  void add_desk(const AgentName& agent, std::shared_ptr<EventStream> stream);
  std::size_t pages() const { return page_count_; }  // also on any other thread
  std::vector<VisitorKey> watched() const;
  void to_watchers(VisitorKey visitor, std::string_view event, const std::string& data);

  void restore(std::vector<core::Intervention> live);
  const core::Intervention* live_offer(VisitorKey visitor) const;    // pending or displayed
  const core::Intervention* latest_offer(VisitorKey visitor) const;  // also one that ended just now
  void forget_old_offers();

  void push_chat(std::string_view site, VisitorKey visitor, const core::ChatMessage& message);

  void set_available(const AgentName& agent, bool available, UnixMillis since);  // what is older changes nothing
  std::vector<AgentName> agents_to_set_away() const;                             // available, but gone for too long
  std::vector<std::pair<std::string, Agent>> agents(std::string_view site) const;
  int available(std::string_view site) const;
  std::string greeting_agent(std::string_view site) const;  // someone who is here now, or ""
  void tell_desks(std::string_view site, std::string_view event, const std::string& data, std::string_view id = {});

  void say_goodbye(Comeback comeback);

 private:
  struct Page {
    std::shared_ptr<EventStream> stream;
    std::string user_id;
  };
  void deliver(const Publication& publication);
  bool is_over(const core::Intervention& i) const;
  void take(VisitorKey visitor, const InterventionNews& news);
  void take(VisitorKey visitor, const ChatNews& news);
  void take(VisitorKey visitor, const ConversationNews& news);
  void take(VisitorKey visitor, const FoldNews& news);
  void take(VisitorKey visitor, const ControlNews& news);
  std::size_t to_pages(VisitorKey visitor, const std::string& for_user, std::string_view event, const std::string& data,
                       std::string_view id = {});

  const HubOptions options_;
  const Clock& clock_;
  Post post_;
  std::unordered_map<VisitorKey, std::vector<Page>, IdHash> pages_;
  using Streams = std::unordered_map<const EventStream*, std::shared_ptr<EventStream>>;
  std::map<std::string, Streams, std::less<>> streams_of_sites_;
  std::atomic<std::size_t> page_count_ = 0;
  std::unordered_map<VisitorKey, std::vector<std::shared_ptr<EventStream>>, IdHash> watchers_;
  struct Desk {
    std::string site;
    std::shared_ptr<EventStream> stream;
  };
  std::vector<Desk> desks_;
  std::unordered_map<VisitorKey, core::Intervention, IdHash> offers_;
  std::map<AgentName, Agent> agents_;
  std::function<void(const core::LoggedRecord&)> on_control_ = [](const core::LoggedRecord&) {};
  mutable std::mutex watched_mutex_;  // guards watched_
  std::unordered_set<VisitorKey, IdHash> watched_;
  std::atomic<bool> any_watched_{false};
  telemetry::Histogram event_to_push_;
  telemetry::Counter pushed_;
};

}  // namespace handrail::gateway
