// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/event/record.h"
#include "gateway/codec/intake.h"

namespace handrail::gateway {

// Parses a body as one JSON document, whole and validated (DOM: unvisited parts too). Depth is bounded. The document
// lives until the next call on this thread.
Result<simdjson::dom::element> parse_document(std::string& body);

// The members of an object at every depth, up to `stop_at`.
std::size_t count_properties(simdjson::dom::element element, std::size_t stop_at);

// Fills in eventData: the size and property limits, and the minified text.
void take_data(JsonReader& in, const char* name, core::Event& event, const IntakeLimits& limits);

}  // namespace handrail::gateway
