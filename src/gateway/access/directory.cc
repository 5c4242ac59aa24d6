// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/directory.h"

#include <algorithm>

namespace handrail::gateway {
namespace {

template <class Map, class T>
void keep_newest(Map& known, const T& value, Offset offset) {
  auto [place, is_new] = known.try_emplace(value.id);
  if (is_new || offset >= place->second.offset) place->second = {offset, value};
}

template <class Map>
auto* find_in(const Map& known, std::string_view id) {
  const auto found = known.find(id);
  return found == known.end() ? nullptr : &found->second.value;
}

}  // namespace

void Directory::take(const core::LoggedRecord& entry) {
  if (const auto* site = std::get_if<core::Site>(&entry.record.body)) return keep_newest(sites_, *site, entry.offset);
  if (std::holds_alternative<core::RulesVersion>(entry.record.body)) return rules_.take(entry);
  if (core::is_about_models(entry.record)) return models_.take(entry);
  if (const auto* credential = std::get_if<core::Credential>(&entry.record.body))
    keep_newest(credentials_, *credential, entry.offset);
}

const core::Site* Directory::site(std::string_view id) const { return find_in(sites_, id); }
const core::Credential* Directory::credential(std::string_view id) const { return find_in(credentials_, id); }

std::vector<const core::Site*> Directory::sites() const {
  std::vector<const core::Site*> out;
  for (const auto& [id, known] : sites_) {
    if (!known.value.is_removed) out.push_back(&known.value);
  }
  return out;
}

std::vector<const core::Credential*> Directory::credentials(std::string_view site) const {
  std::vector<const core::Credential*> out;
  for (const auto& [id, known] : credentials_) {
    if (site.empty() || known.value.site == site) out.push_back(&known.value);
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &core::Credential::made_at);
  return out;
}

}  // namespace handrail::gateway
