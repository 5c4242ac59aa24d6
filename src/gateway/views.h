// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "core/fold/effects.h"
#include "core/fold/visitor.h"
#include "ports/outbox.h"
#include "ports/state_store.h"

namespace handrail::gateway {

// Domain types as the API shows them (web/protocol/openapi.yaml). Pure.
namespace json = boost::json;

json::object view(const core::Contribution& contribution);
json::object view(const core::Signal& signal);
json::object view(const core::Decision& decision);
json::object view(const core::Outcome& outcome);
json::object view(const core::Exposure& exposure);
json::object view(const core::Intervention& intervention);
json::object view(const core::JourneySummary& journey);
json::object view(const core::LoggedRecord& logged);
json::object view(const core::ChatMessage& message);
json::object view(const core::Conversation& conversation);
json::object view(const core::Conversation& conversation, const std::vector<core::ChatMessage>& messages);
json::object view(const DeadLetter& letter);
json::object view(const FoldNews& news);

// Struggle, risk and reasons of a visitor at `at`.
json::object standing(const core::Visitor& visitor, UnixMillis at, const core::Weights& weights);
json::object attributes(const core::Visitor& visitor, UnixMillis at, const core::RulesInForce& rules,
                        int agents_available);

// What the page gets of an intervention: words and an id, never a score.
json::object offer(const core::Intervention& intervention, const std::string& agent);

// One record in a few words: "validation · term".
std::string words_for(const core::Record& record);

}  // namespace handrail::gateway
