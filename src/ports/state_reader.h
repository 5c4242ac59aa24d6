// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "ports/state_store.h"

namespace handrail {

// A page of a list, newest first; `next` goes into the following call.
template <class T>
struct ListPage {
  std::vector<T> items;
  std::optional<std::string> next;
};

struct ListRequest {
  std::size_t limit = 50;
  std::string before;  // `next` of the page before; empty for the first
};

// Reading what was folded and decided. Sees what was committed; blocks on I/O; thread-safe.
class StateReader {
 public:
  virtual ~StateReader() = default;

  virtual Result<std::optional<core::Visitor>> visitor(VisitorKey key) = 0;
  virtual Result<ListPage<core::Signal>> signals(VisitorKey key, const ListRequest& request) = 0;
  virtual Result<ListPage<core::Decision>> decisions(VisitorKey key, const ListRequest& request) = 0;
  virtual Result<ListPage<core::Intervention>> interventions(VisitorKey key, const ListRequest& request) = 0;
  virtual Result<ListPage<core::JourneySummary>> journeys(VisitorKey key, const ListRequest& request) = 0;
  virtual Result<ListPage<core::Exposure>> exposures(std::string_view site, const ListRequest& request) = 0;
  virtual Result<std::optional<core::Exposure>> exposure(const core::Decision& decision) = 0;
  virtual Result<std::optional<core::Decision>> decision(DecisionId id) = 0;
  virtual Result<std::optional<core::Intervention>> intervention(InterventionId id) = 0;
  virtual Result<std::vector<core::Intervention>> live_interventions() = 0;

  virtual Result<std::optional<core::Conversation>> conversation(ConversationId id) = 0;
  virtual Result<std::vector<core::Conversation>> conversations(bool with_closed, std::size_t limit) = 0;
  // Oldest first, after the given log offset.
  virtual Result<std::vector<core::ChatMessage>> messages(ConversationId id, std::optional<Offset> after,
                                                          std::size_t limit) = 0;

  // The visitors that were identified as this person, newest last.
  virtual Result<std::vector<VisitorKey>> visitors_of(std::string_view site, std::string_view user_id) = 0;
  virtual Result<std::optional<ErasedVisitor>> erased_visitor(VisitorKey key) = 0;
  virtual Result<std::vector<ErasedVisitor>> erased_visitors() = 0;
  // Administrative acts, newest first, below the given log offset.
  virtual Result<std::vector<core::LoggedRecord>> acts(std::optional<Offset> before, std::size_t limit) = 0;
  virtual Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) = 0;
  virtual Result<std::optional<DeadLetter>> dead_letter(Offset offset) = 0;
};

}  // namespace handrail
