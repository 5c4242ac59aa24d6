// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/common/table_engine.h"
#include "moving/box.h"

namespace handrail::moving {

// Reads a visitor's lists whole, from tables of either house. fill() is thread-safe; blocks on I/O. kCorrupt names the
// table whose row is damaged.
class ListReader {
 public:
  explicit ListReader(TableEngine& tables) : tables_(tables) {}

  // Which conversations there are, and whose. Before the first fill().
  Result<void> learn_conversations();
  // The box's lists, in the order of their rows; its key is given.
  Result<void> fill(VisitorBox& box) const;
  Result<HouseBox> house() const;  // without control entries, which are not rows everywhere

 private:
  template <class T>
  Result<void> rows_of(Table table, const std::string& prefix, std::vector<T>& out) const;
  template <class T>
  Result<void> rows_by_id(Table list, Table table, const VisitorKey& key, std::vector<T>& out) const;
  Result<void> exposures_of(VisitorBox& box) const;
  Result<void> chat_of(VisitorBox& box) const;

  TableEngine& tables_;
  std::map<VisitorKey, std::vector<core::Conversation>> conversations_;
};

}  // namespace handrail::moving
