// SPDX-License-Identifier: Apache-2.0
#include "engine/visitor_cache.h"

#include <algorithm>

#include "base/archive.h"
#include "base/check.h"

namespace handrail {

VisitorCache::Held* VisitorCache::find(const VisitorKey& key) {
  if (const auto it = open_.find(key); it != open_.end()) {
    it->second.used = true;
    return &it->second;
  }
  Held* held = open(packed_, key);
  return held != nullptr ? held : open(packed_before_, key);
}

VisitorCache::Held* VisitorCache::open(PackedVisitors& from, const VisitorKey& key) {
  const auto it = from.find(key);
  if (it == from.end()) return nullptr;
  auto visitor = unarchived<core::Visitor>(it->second.bytes());
  check(visitor.has_value(), "what this process packed can be read");
  from.erase(it);
  return &open_.emplace(key, Held{std::move(*visitor)}).first->second;
}

Result<void> VisitorCache::fetch(std::vector<VisitorKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase_if(keys, [&](const VisitorKey& key) { return find(key) != nullptr; });
  if (keys.empty()) return {};
  auto loaded = store_.load(keys);
  if (!loaded) return pass_on(loaded);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    open_.emplace(keys[i], Held{std::move((*loaded)[i]).value_or(core::Visitor{})});
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
    const auto it = open_.find(key);
    check(it != open_.end(), "a changed visitor stays open");
    out.emplace_back(key, &it->second.visitor);
  }
  return out;
}

void VisitorCache::changes_written() {
  for (const VisitorKey& key : changed_) open_.at(key).changed = false;
  changed_.clear();
  if (open_.size() > limits_.open) pack_unused();
  if (open_.size() > 2 * limits_.open) pack_all();
  if (packed_.size() <= limits_.packed / 2) return;
  packed_before_ = std::move(packed_);
  packed_.clear();
}

void VisitorCache::pack_unused() {
  for (auto it = open_.begin(); it != open_.end();) {
    if (std::exchange(it->second.used, false)) {
      ++it;
    } else {
      pack(it->first, it->second.visitor);
      it = open_.erase(it);
    }
  }
}

void VisitorCache::pack_all() {
  for (const auto& [key, held] : open_) pack(key, held.visitor);
  open_.clear();
}

void VisitorCache::pack(const VisitorKey& key, const core::Visitor& visitor) {
  static thread_local std::string bytes;
  bytes.clear();
  ArchiveWriter{bytes}(visitor);
  packed_.insert_or_assign(key, Packed(bytes));
}

}  // namespace handrail
