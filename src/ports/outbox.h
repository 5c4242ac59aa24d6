// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/event/record.h"
#include "core/fold/effects.h"
#include "core/fold/visitor.h"

namespace handrail {

// An intervention whose state changed: live ones go to the page, ended ones are taken back or forgotten.
struct InterventionNews {
  core::Intervention intervention;
  UnixMicros received_at = 0;  // of the record that caused it, for the latency from event to push
};

struct ChatNews {
  std::string site;
  core::ChatMessage message;
};

struct ConversationNews {
  core::Conversation conversation;
};

// An entry of the control log, in its order; at the start all that holds.
struct ControlNews {
  core::LoggedRecord entry;
};

// The fold of one record of a watched visitor.
struct FoldNews {
  core::LoggedRecord logged;
  core::Effects effects;
  std::vector<core::Contribution> contributions;
  UnixMillis at = 0;
  std::int64_t received_to_folded_us = 0;
};

struct Publication {
  VisitorKey visitor;  // zero for control entries
  std::variant<InterventionNews, ChatNews, ConversationNews, FoldNews, ControlNews> news;
};

// The way from the engine to open pages. Pushing changes no state: what is lost here is on the state when a page
// connects, and receivers drop what they know. Thread-safe, never blocks.
class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual void publish(std::vector<Publication> publications) = 0;
  // Whether someone watches this visitor's fold: FoldNews is made for those only.
  virtual bool is_watched(VisitorKey visitor) const = 0;
};

}  // namespace handrail
