// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/event/record.h"
#include "gateway/codec/json_reader.h"

namespace handrail::gateway {

struct IntakeLimits {
  std::size_t event_bytes_max = 32 << 10;
  std::size_t single_bytes_max = 1 << 20;  // a request with one event
  std::size_t events_max = 1000;           // of a batch
  std::size_t properties_max = 1000;       // of an event, counted at every depth
  Millis oldest = kDay;                    // what is older is logged and listed, and not folded
};

// Where and when a request came in.
struct Arrival {
  std::string site = "default";
  UnixMicros received_at = 0;
  std::uint8_t flags = 0;  // core::EventFlag, of every event
  core::Device device = core::Device::kUnknown;
};
Arrival arrival_of(std::string_view user_agent, UnixMicros received_at, bool asks_for_privacy = false);

struct EventResult {
  std::size_t index = 0;
  std::string event_id;        // as kept
  std::optional<Fault> fault;  // rejected
};

// A request's events: the good ones as records in their order, and what became of them.
struct Intake {
  std::vector<core::Record> records;
  std::vector<EventResult> results;  // of the SDK's batch the rejected ones, of the mission's all
  std::size_t rejected = 0;
};

// The SDK's own batch (schema Batch). An error only when the envelope is unusable; nothing of it is then kept.
Result<Intake> read_sdk_batch(std::string& body, const Arrival& arrival, const IntakeLimits& limits);

// The mission's single event and batch. A single bad event is an Intake with one fault.
Result<Intake> read_mission_event(std::string& body, const Arrival& arrival, const IntakeLimits& limits);
Result<Intake> read_mission_batch(std::string& body, const Arrival& arrival, const IntakeLimits& limits);

// Codes of envelope errors travel in Error::message's first word: "invalid_json: ...".
}  // namespace handrail::gateway
