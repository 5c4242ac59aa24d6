// SPDX-License-Identifier: Apache-2.0
#include "engine/visitor_cache.h"

#include <algorithm>

#include "base/check.h"

namespace handrail {

VisitorCache::Held* VisitorCache::find(const VisitorKey& key) {
  if (const auto it = hot_.find(key); it != hot_.end()) return &it->second;
  auto node = cold_.extract(key);
  if (node.empty()) return nullptr;
  return &hot_.insert(std::move(node)).position->second;
}

Result<void> VisitorCache::fetch(std::vector<VisitorKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase_if(keys, [&](const VisitorKey& key) { return find(key) != nullptr; });
  if (keys.empty()) return {};
  auto loaded = store_.load(keys);
  if (!loaded) return pass_on(loaded);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    hot_.emplace(keys[i], Held{std::move((*loaded)[i]).value_or(core::Visitor{})});
  }
  return {};
}

core::Visitor& VisitorCache::at(const VisitorKey& key) {
  Held* held = find(key);
  check(held != nullptr, "a visitor is fetched before it is folded");
  return held->visitor;
}

Result<void> VisitorCache::reload(const VisitorKey& key) {
  auto loaded = store_.load(std::span(&key, 1));
  if (!loaded) return pass_on(loaded);
  at(key) = std::move(loaded->front()).value_or(core::Visitor{});
  return {};
}

void VisitorCache::mark_changed(const VisitorKey& key) {
  Held* held = find(key);
  if (held->changed) return;
  held->changed = true;
  changed_.push_back(key);
}

std::vector<std::pair<VisitorKey, const core::Visitor*>> VisitorCache::changed() const {
  std::vector<std::pair<VisitorKey, const core::Visitor*>> out;
  out.reserve(changed_.size());
  for (const VisitorKey& key : changed_) {
    const auto it = hot_.find(key);
    check(it != hot_.end(), "a changed visitor stays in memory");
    out.emplace_back(key, &it->second.visitor);
  }
  return out;
}

void VisitorCache::changes_written() {
  for (const VisitorKey& key : changed_) hot_.at(key).changed = false;
  changed_.clear();
  if (hot_.size() <= capacity_) return;
  cold_ = std::move(hot_);
  hot_.clear();
}

}  // namespace handrail
