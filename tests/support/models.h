// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/control/control.h"
#include "core/risk/exit_artefact.h"
#include "tests/support/records.h"

namespace handrail::test {

// A model of one tree: leaving is likelier from that many events of a journey on (probability 0.9 instead of 0.1),
// which the score map makes 90 and 10.
inline ExitParts model_of_events(float events, std::vector<Property> properties = {}) {
  ExitParts parts;
  parts.name = "events";
  parts.card = "{}";
  parts.recipe.properties = std::move(properties);
  parts.recipe.types = {"page", "click"};
  parts.columns = {"events"};
  Tree tree(3);
  tree[0] = {1, 2, 0, events, true, 10};
  tree[1] = {TreeNode::kNone, TreeNode::kNone, 0, -1, false, 5};
  tree[2] = {TreeNode::kNone, TreeNode::kNone, 0, 1, false, 5};
  parts.trees = {tree};
  parts.calibration = {{-1, kProbabilityOne / 10}, {0.5F, kProbabilityOne * 9 / 10}};
  parts.score_points = {{0, 0}, {kProbabilityOne / 10, 10}, {kProbabilityOne * 9 / 10, 90}, {kProbabilityOne, 100}};
  return parts;
}

// The records that register a model, as the gateway makes them.
inline std::vector<Record> registration(const ExitParts& parts, std::uint64_t version, std::size_t part_bytes = 100,
                                        const std::string& site = "default") {
  const std::string artefact = encode(parts);
  std::vector<Record> records;
  const auto add = [&](RecordBody body) { records.push_back({site, {}, kStart * 1000, 0, std::move(body)}); };
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < artefact.size(); at += part_bytes)
    add(ModelPart{version, number++, artefact.substr(at, part_bytes)});
  add(ModelVersion{version, parts.name, id_of({artefact}).hex(), number, artefact.size(), 0, "test", parts.card});
  return records;
}

inline Record move_to(std::uint64_t version, ModelStage stage, UnixMillis at, std::uint32_t percent = 0,
                      const std::string& site = "default") {
  ModelMove move;
  move.version = version;
  move.stage = stage;
  move.percent = percent;
  move.effective_at = at;
  move.author = "test";
  return {site, {}, at * 1000, 0, move};
}

// Puts entries into a control state or a book one after the other.
template <class Book>
class Entries {
 public:
  explicit Entries(Book& book) : book_(book) {}
  void operator()(const Record& record) { book_.take({next_++, record}); }
  void operator()(const std::vector<Record>& records) {
    for (const Record& record : records) (*this)(record);
  }

 private:
  Book& book_;
  Offset next_ = 1000;
};

}  // namespace handrail::test
