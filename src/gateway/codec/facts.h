// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/event/fact.h"
#include "gateway/codec/json_reader.h"

namespace handrail::gateway {

// The fact of an SDK event (web/protocol/facts.schema.json). Types that have no meaning here are Custom. Faults go to
// the reader.
core::Fact read_fact(std::string_view event_type, JsonReader& data);

// The same of an event of the original demo app: by its own rules for its own types. Fields they do not name are kept.
core::Fact read_mission_fact(std::string_view event_type, JsonReader& data);

// A path with what looks like an id (number, UUID, long hex) replaced: "/loans/4711" -> "/loans/:id".
std::string page_of_path(std::string_view path);

}  // namespace handrail::gateway
