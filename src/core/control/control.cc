// SPDX-License-Identifier: Apache-2.0
#include "core/control/control.h"

#include <algorithm>

#include "base/bounded.h"

namespace handrail::core {
namespace {

const AgentAvailability& availability(const LoggedRecord& entry) {
  return std::get<AgentAvailability>(entry.record.body);
}
const Credential& credential(const LoggedRecord& entry) { return std::get<Credential>(entry.record.body); }

// Puts the entry where the one of the same id stands. False: there is none.
template <class Body>
bool replace(std::vector<LoggedRecord>& entries, const LoggedRecord& entry) {
  const std::string& id = std::get<Body>(entry.record.body).id;
  const auto old = std::ranges::find_if(
      entries, [&](const LoggedRecord& known) { return std::get<Body>(known.record.body).id == id; });
  if (old == entries.end()) return false;
  *old = entry;
  return true;
}

bool make_room(std::vector<LoggedRecord>& credentials) {
  const auto longest_revoked = std::ranges::min_element(
      credentials, {}, [](const LoggedRecord& entry) { return credential(entry).revoked_at.value_or(INT64_MAX); });
  if (!credential(*longest_revoked).revoked_at) return false;
  credentials.erase(longest_revoked);
  return true;
}

}  // namespace

void ControlState::take(const LoggedRecord& entry) {
  if (std::holds_alternative<AgentAvailability>(entry.record.body)) return take_availability(entry);
  if (std::holds_alternative<Site>(entry.record.body)) return take_site(entry);
  if (std::holds_alternative<Credential>(entry.record.body)) return take_credential(entry);
  if (std::holds_alternative<RulesVersion>(entry.record.body)) return rules_.take(entry);
  if (is_about_models(entry.record)) return models_.take(entry);
}

void ControlState::take_availability(const LoggedRecord& entry) {
  const std::string& name = availability(entry).agent;
  auto agent =
      std::ranges::find_if(agents_, [&](const Agent& a) { return a.name == name && a.site == entry.record.site; });
  if (agent == agents_.end()) {
    // By what is held alone, so that a log without what was superseded says the same.
    const auto begun = [](const Agent& a) { return a.entries.front().offset; };
    if (agents_.size() == kAgentsMax) agents_.erase(std::ranges::min_element(agents_, {}, begun));
    agents_.push_back({entry.record.site, name, {}});
    agent = agents_.end() - 1;
  }
  push_bounded(agent->entries, entry, kEntriesPerAgentMax);
}

void ControlState::take_site(const LoggedRecord& entry) {
  if (!replace<Site>(sites_, entry) && sites_.size() < kSitesMax) sites_.push_back(entry);
}

void ControlState::take_credential(const LoggedRecord& entry) {
  if (replace<Credential>(credentials_, entry)) return;
  if (credentials_.size() < kCredentialsMax || make_room(credentials_)) credentials_.push_back(entry);
}

int ControlState::agents_available(std::string_view site, UnixMillis at) const {
  return static_cast<int>(std::ranges::count_if(agents_, [&](const Agent& agent) {
    if (agent.site != site) return false;
    const auto newest = std::find_if(agent.entries.rbegin(), agent.entries.rend(),
                                     [&](const LoggedRecord& e) { return availability(e).effective_at <= at; });
    return newest != agent.entries.rend() && availability(*newest).available;
  }));
}

std::vector<LoggedRecord> ControlState::entries() const {
  std::vector<LoggedRecord> all;
  for (const Agent& agent : agents_) all.insert(all.end(), agent.entries.begin(), agent.entries.end());
  all.insert(all.end(), sites_.begin(), sites_.end());
  all.insert(all.end(), credentials_.begin(), credentials_.end());
  std::ranges::move(rules_.entries(), std::back_inserter(all));
  std::ranges::move(models_.entries(), std::back_inserter(all));
  return all;
}

}  // namespace handrail::core
