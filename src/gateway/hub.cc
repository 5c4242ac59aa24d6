// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub.h"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/views.h"

namespace handrail::gateway {
namespace {

// Whether what is told now had happened before what is known. News may be told twice, and late.
bool is_older(const core::Intervention& told, const core::Intervention& known) {
  if (told.id != known.id) return told.made_at < known.made_at;
  const auto stage = [](core::OfferState state) {
    return state == core::OfferState::kPending ? 0 : core::is_live(state) ? 1 : 2;
  };
  return stage(told.state) < stage(known.state);
}

}  // namespace

Hub::Hub(HubOptions options, const Clock& clock, telemetry::Metrics& metrics)
    : options_(options),
      clock_(clock),
      event_to_push_(
          metrics.histogram("handrail_event_to_push_seconds",
                            "From an event received to the intervention it caused handed to the page's stream",
                            telemetry::latency_buckets())),
      pushed_(metrics.counter("handrail_interventions_pushed_total", "Interventions handed to an open stream")) {
  metrics.gauge("handrail_streams_open", "Visitor streams open now",
                [this] { return static_cast<double>(page_count_); });
}

void Hub::publish(std::vector<Publication> publications) {
  post_([this, batch = std::make_shared<std::vector<Publication>>(std::move(publications))] {
    for (const Publication& publication : *batch) deliver(publication);
  });
}

bool Hub::is_watched(VisitorKey visitor) const {
  if (!any_watched_.load(std::memory_order_relaxed)) return false;
  std::lock_guard lock(watched_mutex_);
  return watched_.contains(visitor);
}

void Hub::deliver(const Publication& publication) {
  std::visit([&](const auto& news) { take(publication.visitor, news); }, publication.news);
}

void Hub::take(VisitorKey visitor, const InterventionNews& news) {
  const core::Intervention& i = news.intervention;
  const auto known = offers_.find(visitor);
  if (known != offers_.end() && is_older(i, known->second)) return;  // told once more
  const bool is_new = known == offers_.end() || known->second.id != i.id;
  const bool is_reworded = !is_new && known->second.message != i.message;
  offers_.insert_or_assign(visitor, i);
  if ((is_new || is_reworded) && i.state == core::OfferState::kPending) {
    if (is_over(i)) return;  // found late, after a crash or a lag
    const std::size_t reached =
        to_pages(visitor, i.user_id, "intervention", json::serialize(offer(i, greeting_agent(i.site))));
    if (!is_new) return;
    pushed_.add(static_cast<double>(reached));
    if (reached > 0) event_to_push_.observe(static_cast<double>(clock_.now() - news.received_at) / 1e6);
  } else if (!core::is_live(i.state)) {
    to_pages(visitor, i.user_id, "retracted",
             json::serialize(json::object{{"interventionId", i.id.hex()}, {"state", core::name_of(i.state)}}));
  }
}

void Hub::take(VisitorKey visitor, const ChatNews& news) {
  // What people say was pushed right after its append; the fold adds only the system's own lines.
  if (options_.chat_comes_folded || news.message.from == core::ChatAuthor::kSystem)
    push_chat(news.site, visitor, news.message);
}

void Hub::take(VisitorKey, const ConversationNews& news) {
  tell_desks(news.conversation.site, "conversation", json::serialize(view(news.conversation)));
}

void Hub::take(VisitorKey, const ControlNews& news) {
  const core::Record& record = news.entry.record;
  if (const auto* agent = std::get_if<core::AgentAvailability>(&record.body))
    set_available({record.site, agent->agent}, agent->available, agent->effective_at);
  on_control_(news.entry);
}

void Hub::take(VisitorKey visitor, const FoldNews& news) {
  to_watchers(visitor, "folded", json::serialize(view(news)));
}

std::size_t Hub::to_pages(VisitorKey visitor, const std::string& for_user, std::string_view event,
                          const std::string& data, std::string_view id) {
  const auto found = pages_.find(visitor);
  if (found == pages_.end()) return 0;
  std::size_t reached = 0;
  for (const Page& page : found->second) {
    // Made for a person: it goes to that person only. A page that named nobody is the visitor's own browser.
    if (!for_user.empty() && !page.user_id.empty() && page.user_id != for_user) continue;
    reached += page.stream->send(event, data, id) ? 1 : 0;
  }
  return reached;
}

void Hub::add_page(const std::string& site, const std::vector<VisitorKey>& visitors, const std::string& user_id,
                   std::shared_ptr<EventStream> stream) {
  for (const VisitorKey& visitor : visitors) pages_[visitor].push_back({stream, user_id});
  streams_of_sites_[site].emplace(stream.get(), stream);
  ++page_count_;
  stream->on_close([this, site, visitors, raw = stream.get()] {
    --page_count_;
    for (const VisitorKey& visitor : visitors) {
      const auto found = pages_.find(visitor);
      if (found == pages_.end()) continue;
      std::erase_if(found->second, [&](const Page& page) { return page.stream.get() == raw; });
      if (found->second.empty()) pages_.erase(found);
    }
    const auto of_site = streams_of_sites_.find(site);
    of_site->second.erase(raw);
    if (of_site->second.empty()) streams_of_sites_.erase(of_site);
  });
}

std::vector<std::string> Hub::sites_with_pages() const {
  std::vector<std::string> sites;
  for (const auto& [site, streams] : streams_of_sites_) sites.push_back(site);
  return sites;
}

void Hub::to_site(std::string_view site, std::string_view event, const std::string& data) {
  const auto found = streams_of_sites_.find(site);
  if (found == streams_of_sites_.end()) return;
  for (const auto& [raw, stream] : found->second) stream->send(event, data);
}

void Hub::add_watcher(VisitorKey visitor, std::shared_ptr<EventStream> stream) {
  watchers_[visitor].push_back(stream);
  {
    std::lock_guard lock(watched_mutex_);
    watched_.insert(visitor);
    any_watched_ = true;
  }
  stream->on_close([this, visitor, raw = stream.get()] {
    auto& streams = watchers_[visitor];
    std::erase_if(streams, [&](const auto& s) { return s.get() == raw; });
    if (!streams.empty()) return;
    watchers_.erase(visitor);
    std::lock_guard lock(watched_mutex_);
    watched_.erase(visitor);
    any_watched_ = !watched_.empty();
  });
}

std::vector<VisitorKey> Hub::watched() const {
  std::lock_guard lock(watched_mutex_);
  return {watched_.begin(), watched_.end()};
}

void Hub::to_watchers(VisitorKey visitor, std::string_view event, const std::string& data) {
  const auto found = watchers_.find(visitor);
  if (found == watchers_.end()) return;
  for (const auto& stream : found->second) stream->send(event, data);
}

void Hub::restore(std::vector<core::Intervention> live) {
  // What the engine told in the meantime is newer.
  for (core::Intervention& i : live) offers_.try_emplace(visitor_key(i.site, i.visitor), std::move(i));
}

const core::Intervention* Hub::latest_offer(VisitorKey visitor) const {
  const auto found = offers_.find(visitor);
  return found == offers_.end() ? nullptr : &found->second;
}

const core::Intervention* Hub::live_offer(VisitorKey visitor) const {
  const core::Intervention* latest = latest_offer(visitor);
  if (latest == nullptr || !core::is_live(latest->state)) return nullptr;
  return is_over(*latest) ? nullptr : latest;
}

// The fold expires it at its due time; a reader shall not see it in the instant between.
bool Hub::is_over(const core::Intervention& i) const {
  return i.state == core::OfferState::kPending && clock_.now() / 1000 >= i.expires_at;
}

void Hub::forget_old_offers() {
  const UnixMillis before = clock_.now() / 1000 - options_.forget_ended_after;
  std::erase_if(offers_, [&](const auto& item) {
    return !core::is_live(item.second.state) && item.second.ended_at.value_or(0) < before;
  });
}

void Hub::push_chat(std::string_view site, VisitorKey visitor, const core::ChatMessage& message) {
  const std::string data = json::serialize(view(message));
  const std::string id = std::to_string(message.offset);
  to_pages(visitor, {}, "chat", data, id);
  tell_desks(site, "chat", data, id);
}

void Hub::add_desk(const AgentName& agent, std::shared_ptr<EventStream> stream) {
  desks_.push_back({agent.first, stream});
  ++agents_[agent].desks;
  stream->on_close([this, agent, raw = stream.get()] {
    std::erase_if(desks_, [&](const Desk& desk) { return desk.stream.get() == raw; });
    Agent& state = agents_[agent];
    if (--state.desks == 0) state.gone_since = clock_.now() / 1000;
  });
}

void Hub::set_available(const AgentName& agent, bool available, UnixMillis since) {
  Agent& state = agents_[agent];
  if (since < state.since) return;
  state.available = available;
  state.since = since;
  if (state.desks == 0) state.gone_since = clock_.now() / 1000;
}

std::vector<Hub::AgentName> Hub::agents_to_set_away() const {
  std::vector<AgentName> gone;
  for (const auto& [name, state] : agents_) {
    const bool away_long = state.desks == 0 && clock_.now() / 1000 - state.gone_since >= options_.agent_gone_after;
    if (state.available && away_long) gone.push_back(name);
  }
  return gone;
}

std::vector<std::pair<std::string, Hub::Agent>> Hub::agents(std::string_view site) const {
  std::vector<std::pair<std::string, Agent>> out;
  for (const auto& [agent, state] : agents_) {
    if (agent.first == site) out.emplace_back(agent.second, state);
  }
  return out;
}

int Hub::available(std::string_view site) const {
  return static_cast<int>(
      std::ranges::count_if(agents_, [&](const auto& a) { return a.first.first == site && a.second.available; }));
}

std::string Hub::greeting_agent(std::string_view site) const {
  const auto here = std::ranges::find_if(
      agents_, [&](const auto& a) { return a.first.first == site && a.second.available && a.second.desks > 0; });
  return here == agents_.end() ? std::string{} : here->first.second;
}

void Hub::tell_desks(std::string_view site, std::string_view event, const std::string& data, std::string_view id) {
  for (const Desk& desk : desks_) {
    if (desk.site == site) desk.stream->send(event, data, id);
  }
}

void Hub::say_goodbye(Comeback comeback) {
  const auto count = std::max<Millis>(1, static_cast<Millis>(page_count_.load()));
  Millis place = 0;
  for (const auto& [visitor, pages] : pages_) {
    for (const Page& page : pages) {
      const Millis retry = comeback.soonest + (comeback.latest - comeback.soonest) * (place++ % count) / count;
      page.stream->send("bye", json::serialize(json::object{{"retryMs", retry}}));
      page.stream->close();
    }
  }
  for (const auto& [visitor, streams] : watchers_) {
    for (const auto& stream : streams) stream->close();
  }
  for (const Desk& desk : desks_) desk.stream->close();
}

}  // namespace handrail::gateway
