// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "moving/embedded_source.h"
#include "moving/time_order.h"

namespace handrail::moving {

// A data folder for `handrail serve` that holds nothing yet. It is made in DATA/importing, beside which no server
// starts, and put in place at the end. The first pass writes the log, in the order of time; the second the state, whose
// offsets depend on where each record came to lie. Interrupted in the first it begins anew, in the second it goes on.
// Not thread-safe.
class EmbeddedTarget final : public Target {
 public:
  struct Options {
    std::filesystem::path data;
    EmbeddedSource::OpenState open_state;
    std::uint64_t segment_bytes = 64ULL << 20;
    std::string engine_version;
  };
  explicit EmbeddedTarget(Options options);

  int passes() const override { return 2; }
  Result<MovedIn> begin(const std::string& export_id, const Tally& whole) override;
  Result<void> take(const HouseBox& house) override;
  Result<void> take(std::span<const VisitorBox> boxes, std::uint64_t before) override;
  Result<void> end_pass() override;
  Result<Source*> read_back() override;
  Result<void> finish() override;

 private:
  // Where records came to lie: of each slot the offset. Slots are counted as entries come.
  struct Places {
    Offset first = 0;  // of the log; smaller ones are numbers of what is no longer there
    Offset end = 0;    // what lies below is in the state
    std::vector<Offset> of;
  };
  template <class A>
  friend void fields(A& a, Places& p) {
    a(p.first, p.end, p.of);
  }

  Result<void> put_in_place();
  Result<MovedIn> take_up_state();
  Result<void> order(const HouseBox& house);
  Result<void> order(const VisitorBox& box);
  Result<void> write_log();
  Result<void> open_state();
  void place(VisitorBox& box);
  Result<void> note(std::uint64_t boxes);

  const Options options_;
  const std::filesystem::path folder_;  // DATA/importing
  std::string id_;
  segments::File lock_;
  bool is_state_pass_ = false;
  std::uint64_t slot_ = 0;  // the next
  Places places_;
  std::optional<TimeOrder> in_time_;
  std::vector<core::Record> untold_;
  std::unique_ptr<TableStateStore> state_;
  std::unique_ptr<EmbeddedSource> source_;
};

inline constexpr const char* kImporting = "importing";

}  // namespace handrail::moving
