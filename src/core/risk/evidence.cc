// SPDX-License-Identifier: Apache-2.0
#include "core/risk/evidence.h"

#include <algorithm>
#include <tuple>

#include "core/risk/struggle.h"

namespace handrail::core {
namespace {

bool before(const Episode& a, const Episode& b) {
  const auto family_a = row_of(a.signal).family;
  const auto family_b = row_of(b.signal).family;
  return family_a != family_b ? family_a < family_b : a.target < b.target;
}

}  // namespace

bool same_trouble(const Episode& a, const Episode& b) {
  return row_of(a.signal).family == row_of(b.signal).family && a.target == b.target;
}

const Episode* Evidence::find(EpisodeId id) const {
  const auto found = std::find_if(episodes.begin(), episodes.end(), [&](const Episode& e) { return e.id == id; });
  return found == episodes.end() ? nullptr : &*found;
}

void Evidence::add_progress(UnixMillis at) {
  progress.insert(std::upper_bound(progress.begin(), progress.end(), at), at);
  if (progress.size() > kProgressMax) progress.erase(progress.begin());
}

void Evidence::reach_goal(UnixMillis at) {
  std::erase_if(episodes, [&](const Episode& e) { return e.at <= at; });
}

bool Evidence::retract(EpisodeId id) {
  return std::erase_if(episodes, [&](const Episode& e) { return e.id == id; }) > 0;
}

bool Evidence::raise(const Episode& episode, bool anew, const Weights& weights) {
  const auto known =
      std::find_if(episodes.begin(), episodes.end(), [&](const Episode& e) { return e.id == episode.id; });
  if (known != episodes.end()) {
    const bool higher = episode.grade > known->grade;
    const bool later = anew && episode.grade == known->grade && episode.at > known->at;
    if (!higher && !later) return false;
    known->grade = episode.grade;
    known->at = std::max(known->at, episode.at);
    known->rests_on = episode.rests_on;
    return true;
  }
  episodes.insert(std::upper_bound(episodes.begin(), episodes.end(), episode, before), episode);
  if (episodes.size() > kEpisodesMax) {
    const auto weakest = std::min_element(episodes.begin(), episodes.end(), [&](const Episode& a, const Episode& b) {
      return std::tuple(decayed_q16(a, *this, episode.at, weights), a.at, a.id) <
             std::tuple(decayed_q16(b, *this, episode.at, weights), b.at, b.id);
    });
    episodes.erase(weakest);
  }
  return true;
}

}  // namespace handrail::core
