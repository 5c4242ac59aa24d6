// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/dynamodb/dynamo_control.h"
#include "moving/shared_source.h"
#include "ports/clock.h"

namespace handrail::moving {

// Tables in DynamoDB that nobody uses yet. Until it is finished an item in the control table says whose house this is
// to become, and gateways and workers do not start. Not thread-safe.
class SharedTarget final : public Target {
 public:
  SharedTarget(SharedSource::Parts parts, const Clock& clock, std::size_t at_once)
      : parts_(parts), clock_(clock), at_once_(at_once), source_(parts, at_once) {}

  Result<MovedIn> begin(const std::string& export_id, const Tally& whole) override;
  Result<void> take(const HouseBox& house) override;
  Result<void> take(std::span<const VisitorBox> boxes, std::uint64_t before) override;
  Result<Source*> read_back() override { return &source_; }
  Result<void> finish() override;

 private:
  Result<void> check_empty();
  Result<void> note(const MovedIn& moved, bool is_new);
  Result<void> write(const VisitorBox& box);

  const SharedSource::Parts parts_;
  const Clock& clock_;
  const std::size_t at_once_;
  SharedSource source_;
  std::string id_;
  MovedIn moved_;
};

// kConflict where moving in was begun and is not finished: nobody may serve it.
Result<void> check_moved_in(dynamodb::Database& database);

}  // namespace handrail::moving
