// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "apps/simulation.h"

// Reading back: what was acknowledged is there once and in order, was folded once, and each offer was displayed once.
namespace handrail {
namespace {

namespace json = boost::json;

constexpr std::size_t kFaultsShown = 5;
constexpr Millis kReadAgainAfter = 200;

// "sim-1-42-3:17" -> tab 3, seq 17
std::pair<std::uint32_t, std::uint64_t> parse_event_id(const std::string& id) {
  const std::size_t dash = id.rfind('-');
  const std::size_t colon = id.rfind(':');
  return {static_cast<std::uint32_t>(std::strtoul(id.c_str() + dash + 1, nullptr, 10)),
          std::strtoull(id.c_str() + colon + 1, nullptr, 10)};
}

}  // namespace

void Simulation::fault(std::string words) {
  auto& faults = result_.read_back.faults;
  if (faults.size() < kFaultsShown) faults.push_back(std::move(words));
}

void Simulation::read_back() {
  Progress progress("reading back");
  std::uint64_t visitors = 0;
  for (std::uint32_t i = 0; i < population_.size(); ++i) {
    if (ledgers_[i].acknowledged.empty()) continue;
    ++visitors;
    read_events(i, "");
  }
  while (fleet_.unanswered() > 0 || !timers_.empty()) {
    run_timers();
    work_until(now() + 50);
    progress.at(static_cast<double>(result_.read_back.visitors) / static_cast<double>(visitors),
                fmt::format("{} of {} visitors", result_.read_back.visitors, visitors));
  }
}

void Simulation::read(std::string path, std::function<void(const std::string&)> take) {
  fleet_.ask({"GET", path, "", ""}, [this, path, take = std::move(take)](const HttpFleet::Answer& answer) {
    if (answer.status == 200) return take(answer.body);
    if (answer.status == 503 || answer.status == 429)
      return at(now() + std::max<Millis>(kReadAgainAfter, answer.retry_after_s * kSecond),
                [this, path, take] { read(path, take); });
    fault(fmt::format("{} was answered {}", path, answer.status));
  });
}

void Simulation::read_events(std::uint32_t visitor, const std::string& before) {
  const std::string path = "/v1/visitors/" + population_.visitor(visitor).anonymous_id() + "/events?limit=500" +
                           (before.empty() ? "" : "&before=" + before);
  read(path, [this, visitor](const std::string& body) {
    const json::value page = json::parse(body);
    auto& events = listed_[visitor].events;
    for (const json::value& row : page.at("items").as_array()) {
      if (row.at("record") == "event") events.push_back(parse_event_id(std::string(row.at("eventId").as_string())));
    }
    if (page.at("next").is_string()) return read_events(visitor, std::string(page.at("next").as_string()));
    compare(visitor);
    read_journeys(visitor);
    if (!ledgers_[visitor].offers.empty()) read_offers(visitor);
  });
}

void Simulation::compare(std::uint32_t visitor) {
  auto& back = result_.read_back;
  const Ledger& ledger = ledgers_[visitor];
  const std::string& who = population_.visitor(visitor).anonymous_id();
  auto& events = listed_[visitor].events;
  ++back.visitors;
  const bool in_order = std::is_sorted(events.rbegin(), events.rend());
  if (!in_order) ++back.out_of_order, fault(who + ": its events are not in their order");
  std::sort(events.begin(), events.end());
  const auto distinct = std::unique(events.begin(), events.end());
  const auto twice = static_cast<std::uint64_t>(events.end() - distinct);
  events.erase(distinct, events.end());
  // What was sent again because nobody knew what became of it may be in the log twice; the fold counts it once.
  if (twice > 0 && !ledger.has_unknown) back.twice += twice, fault(who + ": an event is listed twice");
  for (std::uint32_t tab = 0; tab < ledger.acknowledged.size(); ++tab) {
    for (std::uint64_t seq = 1; seq <= ledger.acknowledged[tab]; ++seq) {
      if (std::binary_search(events.begin(), events.end(), std::pair(tab, seq))) {
        ++back.events;
      } else {
        ++back.missing;
        fault(fmt::format("{}-{}:{} was acknowledged and is not there", who, tab, seq));
      }
    }
  }
}

void Simulation::read_journeys(std::uint32_t visitor) {
  const std::string& who = population_.visitor(visitor).anonymous_id();
  read("/v1/visitors/" + who + "/journeys?limit=500", [this, visitor, who](const std::string& body) {
    std::uint64_t folded = 0;
    const json::value page = json::parse(body);
    for (const json::value& journey : page.at("items").as_array())
      folded += journey.at("events").to_number<std::uint64_t>();
    result_.read_back.folded += folded;
    const std::uint64_t listed = listed_[visitor].events.size();
    if (folded != listed) fault(fmt::format("{}: {} events were folded, {} are there", who, folded, listed));
  });
}

void Simulation::read_offers(std::uint32_t visitor) {
  read("/v1/visitors/" + population_.visitor(visitor).anonymous_id() + "/interventions?limit=500",
       [this, visitor](const std::string& body) { compare_offers(visitor, body); });
  read_causes(visitor);
}

void Simulation::compare_offers(std::uint32_t visitor, const std::string& body) {
  const Ledger& ledger = ledgers_[visitor];
  const json::value page = json::parse(body);
  for (const Ledger::Offer& offer : ledger.offers) {
    if (!offer.is_displayed) continue;
    ++result_.read_back.offers;
    std::size_t rows = 0;
    bool is_once = false;
    for (const json::value& row : page.at("items").as_array()) {
      if (row.at("id") != json::string(offer.id)) continue;
      ++rows;
      const bool displayed = !row.at("displayedAt").is_null();
      is_once = displayed && (ledger.has_unknown || row.at("duplicateExposures").to_number<int>() == 0);
    }
    if (rows == 1 && is_once) {
      ++result_.read_back.displayed_once;
    } else {
      fault("offer " + offer.id + " was not displayed exactly once");
    }
  }
}

// From the intended time of the event that a decision names as its cause to its offer on the page.
void Simulation::read_causes(std::uint32_t visitor) {
  read("/v1/visitors/" + population_.visitor(visitor).anonymous_id() + "/decisions?limit=500",
       [this, visitor](const std::string& body) {
         const Ledger& ledger = ledgers_[visitor];
         const json::value page = json::parse(body);
         for (const json::value& decision : page.at("items").as_array()) {
           if (!decision.at("interventionId").is_string()) continue;
           const auto cause = ledger.intended.find(std::string(decision.at("cause").as_string()));
           const auto offer = std::find_if(ledger.offers.begin(), ledger.offers.end(), [&](const Ledger::Offer& o) {
             return decision.at("interventionId") == json::string(o.id);
           });
           if (cause != ledger.intended.end() && offer != ledger.offers.end())
             result_.offer.add_micros(offer->heard_at - cause->second);
         }
       });
}

}  // namespace handrail
