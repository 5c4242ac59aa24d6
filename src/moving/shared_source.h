// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/dynamodb/database.h"
#include "adapters/dynamodb/dynamo_history.h"
#include "moving/house.h"
#include "moving/list_reader.h"
#include "ports/control_log.h"
#include "ports/shared_state.h"

namespace handrail::moving {

// Tables in DynamoDB, while no worker folds into them. Changes nothing, save that rows which a worker that died had
// still to write are written, as the next one would. Not thread-safe.
class SharedSource final : public Source {
 public:
  struct Parts {
    dynamodb::Database& database;
    TableEngine& tables;
    SharedState& state;
    RecordHistory& history;
    ControlLog& control;
  };
  SharedSource(Parts parts, std::size_t at_once) : parts_(parts), at_once_(at_once), lists_(parts.tables) {}

  std::string kind() const override { return "tables"; }
  Result<std::string> position() override;
  Result<std::vector<ListedVisitor>> visitors() override;
  Result<HouseBox> house() override;
  Result<std::vector<VisitorBox>> boxes(std::span<const ListedVisitor> visitors) override;

 private:
  Result<VisitorBox> box_of(const ListedVisitor& listed, SharedVisitor stored) const;

  const Parts parts_;
  const std::size_t at_once_;  // visitors read beside each other
  ListReader lists_;
  bool knows_conversations_ = false;
};

}  // namespace handrail::moving
