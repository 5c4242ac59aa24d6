// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "moving/box.h"
#include "moving/tally.h"

namespace handrail::moving {

// A visitor as it stood when the moving began.
struct ListedVisitor {
  VisitorKey key;
  std::uint64_t version = 0;  // rises with each change; always 0 where nothing can change meanwhile
  auto operator<=>(const ListedVisitor&) const = default;
};

// What moves out. One thread calls; blocks on I/O.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::string kind() const = 0;  // "data", "tables"
  // Where it stood when it was opened: another text where something was added since.
  virtual Result<std::string> position() = 0;
  virtual Result<std::vector<ListedVisitor>> visitors() = 0;  // by key, ascending
  virtual Result<HouseBox> house() = 0;
  // In the order of the list, each call further on than the one before. kConflict where one of them has changed.
  virtual Result<std::vector<VisitorBox>> boxes(std::span<const ListedVisitor> visitors) = 0;
};

// How far moving in came before it was interrupted.
struct MovedIn {
  int pass = 0;             // the one that is under way
  std::uint64_t boxes = 0;  // of it these many are done
  bool has_house = false;   // of it the house's own are done
  bool is_done = false;
};

// Where it moves in: empty, or begun by the same export. What is exported goes through it once a pass. Each call may be
// repeated. One thread calls; blocks on I/O.
class Target {
 public:
  virtual ~Target() = default;
  virtual int passes() const { return 1; }
  // kConflict where somebody else's data is.
  virtual Result<MovedIn> begin(const std::string& export_id, const Tally& whole) = 0;
  virtual Result<void> take(const HouseBox& house) = 0;
  // `before`: how many came before these in this pass.
  virtual Result<void> take(std::span<const VisitorBox> boxes, std::uint64_t before) = 0;
  virtual Result<void> end_pass() { return {}; }
  // All that is there, as something to move out of, to compare. After the last pass.
  virtual Result<Source*> read_back() = 0;
  // From now on it may be served.
  virtual Result<void> finish() = 0;
};

}  // namespace handrail::moving
