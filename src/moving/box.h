// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/fold/effects.h"
#include "core/fold/visitor.h"
#include "ports/state_store.h"

// What moves from one house (a data folder, or tables) to another. Offsets mean different things in the two: places in
// the log of one machine, or a visitor's own count. On the way they are numbers of the visitor's own, dense from 0, in
// the order that they had; so what is exported is the same bytes whichever house it lay in.
namespace handrail::moving {

// All that is kept of one visitor.
struct VisitorBox {
  VisitorKey key;
  core::Visitor visitor;
  std::vector<core::Signal> signals;
  std::vector<core::Decision> decisions;
  std::vector<core::Intervention> interventions;
  std::vector<core::JourneySummary> journeys;
  std::vector<core::Exposure> exposures;
  std::vector<core::Conversation> conversations;
  std::vector<core::ChatMessage> messages;
  std::vector<core::LoggedRecord> records;  // ascending
  std::vector<core::Record> untold;         // for the order of other visitors, not told yet
};

// Every offset in the box becomes what `to` makes of it, save the visitor's next.
void renumber(VisitorBox& box, const std::function<Offset(Offset)>& to);
// Offsets become the visitor's own numbers.
void number_on_its_own(VisitorBox& box);
// Of the visitor's own numbers those that come before its first kept record: of that nothing is left but the number.
Offset numbers_before_records(const VisitorBox& box);

// The rows of the visitor's lists into a batch, as they are.
void put_lists(const VisitorBox& box, StateBatch& batch);

// What is of no visitor.
struct HouseBox {
  std::vector<core::LoggedRecord> control;  // what holds for all, and the audit, in their order
  std::vector<ErasedVisitor> erased;
  std::vector<DeadLetter> letters;
};
// Control entries and letters are numbered from 0; of who was erased nothing is kept but that, and when.
void number_on_its_own(HouseBox& box);

// Stored form: each item in the form in which tables and log hold it, so that each says its own version. kCorrupt names
// what is damaged.
std::string stored(const VisitorBox& box);
std::string stored(const HouseBox& box);
Result<VisitorBox> visitor_box_in(std::string_view bytes);
Result<HouseBox> house_box_in(std::string_view bytes);

}  // namespace handrail::moving
