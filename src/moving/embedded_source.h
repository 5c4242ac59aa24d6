// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <unordered_map>

#include "adapters/common/table_state_store.h"
#include "adapters/segments/file.h"
#include "moving/house.h"
#include "moving/list_reader.h"

namespace handrail::moving {

// Where `handrail serve` keeps its data, while it does not run: holds the folder's lock and changes nothing. Not
// thread-safe.
class EmbeddedSource final : public Source {
 public:
  using OpenState = std::function<Result<std::unique_ptr<TableStateStore>>(const std::filesystem::path& state)>;
  struct Options {
    std::filesystem::path data;  // or a backup's folder
    OpenState open_state;        // for reading
    // Records are picked from the log in rounds of so many bytes: a round reads all of it.
    std::size_t round_bytes = 256 << 20;
    bool may_lag = false;  // the log may hold more than the state: that is left out
  };

  // kConflict where a server holds the folder, or did not end in a way that leaves log and state alike.
  static Result<std::unique_ptr<EmbeddedSource>> open(Options options);

  std::string kind() const override { return "data"; }
  Result<std::string> position() override { return "offset " + std::to_string(end_); }
  Result<std::vector<ListedVisitor>> visitors() override;
  Result<HouseBox> house() override;
  Result<std::vector<VisitorBox>> boxes(std::span<const ListedVisitor> visitors) override;

 private:
  explicit EmbeddedSource(Options options) : options_(std::move(options)) {}
  Result<void> take_up();
  Result<void> pick_records(VisitorKey from);

  struct Picked {
    std::vector<core::LoggedRecord> records;
    std::size_t bytes = 0;
  };

  const Options options_;
  segments::File lock_;
  std::unique_ptr<TableStateStore> state_;
  std::unique_ptr<ListReader> lists_;
  Offset end_ = 0;
  std::unordered_map<VisitorKey, Offset, IdHash> erased_below_;
  std::map<VisitorKey, Picked> picked_;
  VisitorKey picked_from_, picked_below_;  // of these; zero: of all from picked_from_ on
  bool has_picked_ = false;
};

}  // namespace handrail::moving
