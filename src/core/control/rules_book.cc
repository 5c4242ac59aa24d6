// SPDX-License-Identifier: Apache-2.0
#include "core/control/rules_book.h"

#include <algorithm>

namespace handrail::core {

void RulesBook::take(const LoggedRecord& entry) {
  const auto& rules = std::get<RulesVersion>(entry.record.body);
  SiteRules& site = sites_[entry.record.site];
  if (rules.version == 0) {
    if (!site.draft || entry.offset >= site.draft->offset) site.draft = entry;
    return;
  }
  auto place = std::ranges::lower_bound(site.versions, rules.version, {},
                                        [](const Version& v) { return v.published().version; });
  Version taken{entry, Weights{rules.rules.weights}};
  if (place != site.versions.end() && place->published().version == rules.version) {
    *place = std::move(taken);
  } else {
    site.versions.insert(place, std::move(taken));
  }
  if (site.versions.size() > kVersionsMax) site.versions.erase(site.versions.begin());
}

const RulesBook::SiteRules* RulesBook::find(std::string_view site) const {
  const auto found = sites_.find(site);
  return found == sites_.end() ? nullptr : &found->second;
}

const RulesBook::Version* RulesBook::in_force(std::string_view site, UnixMillis at) const {
  const SiteRules* known = find(site);
  if (known == nullptr) return nullptr;
  const auto newest = std::find_if(known->versions.rbegin(), known->versions.rend(),
                                   [&](const Version& v) { return v.published().effective_at <= at; });
  return newest == known->versions.rend() ? nullptr : &*newest;
}

std::optional<RulesInForce> RulesBook::at(std::string_view site, UnixMillis at) const {
  if (sites_.empty()) return std::nullopt;
  const Version* own = in_force(site, at);
  const Version* held = own != nullptr ? own : in_force(kConfiguration, at);
  if (held == nullptr) {
    const auto& configured = versions(kConfiguration);
    if (configured.empty()) return std::nullopt;
    held = &configured.front();
  }
  return RulesInForce{{held->published().version, own != nullptr}, held->published().rules, held->weights};
}

const std::vector<RulesBook::Version>& RulesBook::versions(std::string_view site) const {
  static const std::vector<Version> none;
  const SiteRules* known = find(site);
  return known == nullptr ? none : known->versions;
}

std::optional<RulesVersion> RulesBook::version(std::string_view site, std::uint64_t version) const {
  for (const Version& known : versions(site)) {
    if (known.published().version == version) return known.published();
  }
  return std::nullopt;
}

std::optional<RulesVersion> RulesBook::draft(std::string_view site) const {
  const SiteRules* known = find(site);
  if (known == nullptr || !known->draft) return std::nullopt;
  const auto& draft = std::get<RulesVersion>(known->draft->record.body);
  return draft.is_dropped ? std::nullopt : std::optional(draft);
}

std::vector<LoggedRecord> RulesBook::entries() const {
  std::vector<LoggedRecord> all;
  for (const auto& [site, known] : sites_) {
    for (const Version& version : known.versions) all.push_back(version.entry);
    if (known.draft) all.push_back(*known.draft);
  }
  return all;
}

}  // namespace handrail::core
