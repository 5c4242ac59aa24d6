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

// Appends the element as JSON without white space, and returns how many members and items it holds at every depth.
std::size_t append_minified(std::string& out, simdjson::dom::element element);

// Fills in eventData, as minified text, within the limits of size and properties. Returns the object; nothing where it
// is absent or null (the text is then "{}") or at fault.
std::optional<simdjson::dom::object> take_data(JsonReader& in, std::string_view name, core::Event& event,
                                               const IntakeLimits& limits);

}  // namespace handrail::gateway
