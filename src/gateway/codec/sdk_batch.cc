// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gateway/codec/document.h"
#include "gateway/codec/facts.h"
#include "gateway/codec/intake.h"
#include "gateway/codec/times.h"

namespace handrail::gateway {
namespace {

constexpr std::int64_t kSequenceMax = 1LL << 53;

bool is_event_type(std::string_view type) {
  return !type.empty() && type.size() <= 64 && std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':';
  });
}

// What all events of a batch share.
struct Envelope {
  std::string anonymous_id;
  std::string user_id;
  std::string session_id;
  std::string tab_id;
  std::optional<UnixMillis> sent_at;
};

tl::unexpected<Error> unusable(const Fault& fault) {
  return fail(ErrorCode::kInvalidArgument, fault.code + ": " + fault.field + " " + fault.detail, fault.field,
              fault.limit);
}

Result<Envelope> read_envelope(JsonReader& in) {
  Envelope envelope;
  (void)in.integer("v", 1, 1);
  envelope.anonymous_id = in.text("anonymousId", 200);
  if (!in.fault() && !is_id(envelope.anonymous_id))
    in.fail("anonymousId", "bad_id", "may hold letters, digits and _ . : @ -");
  envelope.user_id = in.optional_text("userId", 200);
  if (!envelope.user_id.empty() && !is_id(envelope.user_id))
    in.fail("userId", "bad_id", "may hold letters, digits and _ . : @ -");
  envelope.session_id = in.optional_text("sessionId", 200);
  envelope.tab_id = in.text("tabId", 64);
  if (!in.fault() && !all_in(envelope.tab_id, "_-")) in.fail("tabId", "bad_id", "may hold letters, digits, _ and -");
  envelope.sent_at = in.optional_integer("sentAt", 0, kLatestTimestamp);
  if (in.fault()) return unusable(*in.fault());
  return envelope;
}

void read_event(JsonReader& in, const Envelope& envelope, const IntakeLimits& limits, core::Event& event) {
  event.seq = static_cast<std::uint64_t>(in.integer("seq", 1, kSequenceMax));
  event.type = in.text("eventType", 1000);
  if (!in.fault() && !is_event_type(event.type)) in.fail("eventType", "bad_id", "may hold a-z, 0-9, _ . and :");
  event.client_time = in.integer("timestamp", 0, kLatestTimestamp);
  event.mono = in.optional_integer("mono", 0, kSequenceMax);
  event.id = core::fact_name(envelope.tab_id, event.seq);
  event.anonymous_id = envelope.anonymous_id;
  event.user_id = envelope.user_id;
  event.session_id = envelope.session_id;
  event.tab_id = envelope.tab_id;
  event.sent_at = envelope.sent_at;
  const auto data = take_data(in, "eventData", event, limits);
  if (in.fault()) return;
  if (!data) return in.fail("eventData", "missing_field", "is required");
  JsonReader body(*data, "eventData");
  event.fact = read_fact(event.type, body);
  if (body.fault()) in.fail_as(*body.fault());
}

// Adds the event, or says what is wrong with it.
std::optional<Fault> take_event(simdjson::dom::element item, const Envelope& envelope, const Arrival& arrival,
                                const IntakeLimits& limits, Intake& intake) {
  simdjson::dom::object fields;
  if (item.get(fields) != simdjson::SUCCESS) return Fault{"wrong_type", "events", "each event must be an object"};
  // Filled where it will stay: an event is a dozen strings to move.
  core::Record& record = intake.records.emplace_back();
  record.site = arrival.site;
  record.visitor = envelope.anonymous_id;
  record.received_at = arrival.received_at;
  auto& event = record.body.emplace<core::Event>();
  JsonReader reader(fields, "");
  read_event(reader, envelope, limits, event);
  if (reader.fault()) {
    intake.records.pop_back();
    return reader.fault();
  }
  event.flags |= arrival.flags;
  event.device = arrival.device;
  return std::nullopt;
}

}  // namespace

Result<Intake> read_sdk_batch(std::string& body, const Arrival& arrival, const IntakeLimits& limits) {
  auto root = parse_document(body);
  if (!root) return pass_on(root);
  simdjson::dom::object object;
  if (root->get(object) != simdjson::SUCCESS)
    return fail(ErrorCode::kInvalidArgument, "wrong_type: the body must be an object", "body");
  JsonReader in(object, "");
  auto envelope = read_envelope(in);
  if (!envelope) return pass_on(envelope);
  const auto events = in.optional_array("events");
  if (!events && !in.fault()) in.fail("events", "missing_field", "is required");
  if (events && events->size() == 0) in.fail("events", "out_of_range", "must hold at least one event");
  if (in.fault()) return unusable(*in.fault());
  if (events->size() > limits.events_max) {
    return fail(ErrorCode::kLimitExceeded, "too_many_events: split the batch", "events",
                static_cast<std::int64_t>(limits.events_max));
  }
  if (events->size() == 1 && body.size() > limits.single_bytes_max) {
    return fail(ErrorCode::kLimitExceeded, "body_too_large: a single event is larger than the limit", "body",
                static_cast<std::int64_t>(limits.single_bytes_max));
  }

  Intake intake;
  intake.records.reserve(events->size());
  std::optional<UnixMillis> newest;
  std::size_t index = 0;
  for (simdjson::dom::element item : *events) {
    if (auto fault = take_event(item, *envelope, arrival, limits, intake)) {
      ++intake.rejected;
      intake.results.push_back({index, {}, std::move(fault)});
    } else {
      newest = std::max(newest.value_or(0), *std::get<core::Event>(intake.records.back().body).client_time);
    }
    ++index;
  }
  const ClockMapping mapping(arrival.received_at / 1000, envelope->sent_at, newest);
  for (core::Record& record : intake.records) mapping.apply(std::get<core::Event>(record.body), limits.oldest);
  return intake;
}

Arrival arrival_of(std::string_view user_agent, UnixMicros received_at, bool asks_for_privacy) {
  const auto has = [&](std::string_view word) { return user_agent.find(word) != std::string_view::npos; };
  Arrival arrival;
  arrival.received_at = received_at;
  const bool is_bot = has("bot") || has("Bot") || has("spider") || has("crawler") || has("Slurp");
  if (is_bot) arrival.flags |= core::kFlagBot;
  if (asks_for_privacy) arrival.flags |= core::kFlagGpc;
  arrival.device = is_bot                                                               ? core::Device::kBot
                   : has("iPad") || has("Tablet") || (has("Android") && !has("Mobile")) ? core::Device::kTablet
                   : has("Mobi") || has("iPhone")                                       ? core::Device::kMobile
                                                                                        : core::Device::kDesktop;
  return arrival;
}

}  // namespace handrail::gateway
