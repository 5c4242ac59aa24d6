// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "gateway/codec/document.h"
#include "gateway/codec/facts.h"
#include "gateway/codec/intake.h"
#include "gateway/codec/times.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kEventIdBytes = 100;

// "2025-10-19T08:30:00.250Z" or with an offset; the original's clients send both forms of timestamp.
std::optional<UnixMillis> parse_iso(std::string_view text) {
  std::tm t{};
  double seconds = 0;
  char zone[8] = "Z";
  const std::string copy{text};
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%7s", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min,
                  &seconds, zone) < 6)
    return std::nullopt;
  const bool in_range = t.tm_mon >= 1 && t.tm_mon <= 12 && t.tm_mday >= 1 && t.tm_mday <= 31 && t.tm_hour < 24 &&
                        t.tm_min < 60 && seconds >= 0 && seconds < 61;
  if (!in_range) return std::nullopt;
  t.tm_year -= 1900;
  t.tm_mon -= 1;
  int hours = 0;
  int minutes = 0;
  if (zone[0] == '+' || zone[0] == '-') {
    if (std::sscanf(zone + 1, "%2d:%2d", &hours, &minutes) < 1) return std::nullopt;
    if (zone[0] == '-') hours = -hours, minutes = -minutes;
  } else if (zone[0] != 'Z') {
    return std::nullopt;
  }
  return (static_cast<UnixMillis>(timegm(&t)) - hours * 3600LL - minutes * 60LL) * 1000 +
         static_cast<UnixMillis>(seconds * 1000);
}

void read_timestamp(JsonReader& in, core::Event& event) {
  const auto value = in.find("timestamp");
  std::string_view text;
  if (value && value->get(text) == simdjson::SUCCESS) {
    event.client_time = parse_iso(text);
    if (!event.client_time) in.fail("timestamp", "out_of_range", "must be epoch milliseconds or an ISO 8601 time");
  } else {
    event.client_time = in.integer("timestamp", 0, kLatestTimestamp);
  }
}

void read_ids(JsonReader& in, core::Event& event, const Arrival& arrival) {
  event.type = in.text("eventType", 64);
  event.user_id = in.text("userId", 200);
  event.session_id = in.text("sessionId", 200);
  event.anonymous_id = in.optional_text("anonymousId", 200);
  event.id = in.optional_text("eventId", kEventIdBytes);
  if (in.fault()) return;
  if (!all_in(event.type, "_.:-")) in.fail("eventType", "bad_id", "may hold letters, digits and _ . : -");
  if (!all_in(event.user_id, "_-")) in.fail("userId", "bad_id", "may hold letters, digits, _ and -");
  if (!all_in(event.session_id, "_-")) in.fail("sessionId", "bad_id", "may hold letters, digits, _ and -");
  if (!event.anonymous_id.empty() && !is_id(event.anonymous_id))
    in.fail("anonymousId", "bad_id", "may hold letters, digits and _ . : @ -");
  if (event.id.empty()) {
    static thread_local std::uint64_t counter = 0;
    event.id = "evt_" + event.user_id.substr(0, 8) + "_" + event.type + "_" + std::to_string(arrival.received_at) +
               "_" + std::to_string(counter++);
  }
}

}  // namespace

core::Fact read_mission_fact(std::string_view type, JsonReader& data) {
  const auto feature = [&](const char* name) {
    std::string text = data.text(name, 200);
    if (!data.fault() && !all_in(text, "._-")) data.fail(name, "bad_id", "may hold letters, digits and . _ -");
    return text;
  };
  if (type == "page_view") {
    // The original's own hook sends `page` where its validator wants `feature`: either will do.
    const char* name = data.find("feature") || !data.find("page") ? "feature" : "page";
    const std::string page = data.text(name, 200);
    if (data.find("attemptCount") || data.find("errorType"))
      data.fail("attemptCount", "out_of_range", "a page_view carries neither attemptCount nor errorType");
    return core::PageView{page, page_of_path(page)};
  }
  if (type == "feature_interaction") {
    (void)feature("feature");
    (void)data.optional_integer("attemptCount", 1, 1'000'000);
    (void)data.optional_integer("duration", 0, kLatestTimestamp);
    return core::Custom{};
  }
  if (type == "video_engagement") {
    (void)feature("videoId");
    return core::Custom{};
  }
  return read_fact(type, data);
}

namespace {

core::Event read_event(JsonReader& in, const Arrival& arrival, const IntakeLimits& limits) {
  core::Event event;
  read_ids(in, event, arrival);
  read_timestamp(in, event);
  const auto data = in.fault() ? std::nullopt : take_data(in, "eventData", event, limits);
  if (in.fault()) return event;
  if (data) {
    JsonReader body(*data, "eventData");
    event.fact = read_mission_fact(event.type, body);
    if (body.fault()) in.fail_as(*body.fault());
  } else if (event.type != "user_action") {
    in.fail("eventData", "missing_field", "is required");
  }
  std::string context;
  for (const char* name : {"deviceInfo", "userContext"}) {
    const auto part = in.optional_object(name);
    if (part)
      context +=
          (context.empty() ? "" : ",") + ("\"" + std::string(name) + "\":") + std::string(simdjson::minify(*part));
  }
  if (context.size() > limits.event_bytes_max)
    in.fail("userContext", "event_too_large", "the context is larger than the limit",
            static_cast<std::int64_t>(limits.event_bytes_max));
  if (!context.empty()) event.context_json = "{" + context + "}";
  return event;
}

// An event whose userId is "anonymous" is keyed by its session.
std::string visitor_of(core::Event& event) {
  if (!event.anonymous_id.empty()) {
    if (event.user_id == "anonymous") event.user_id.clear();
    return event.anonymous_id;
  }
  if (event.user_id != "anonymous") return event.user_id;
  event.user_id.clear();
  return event.session_id;
}

void take_event(simdjson::dom::element item, std::size_t index, const Arrival& arrival, const IntakeLimits& limits,
                Intake& intake) {
  EventResult result{index, {}, {}};
  simdjson::dom::object fields;
  if (item.get(fields) != simdjson::SUCCESS) {
    result.fault = Fault{"wrong_type", "events", "each event must be an object"};
  } else {
    JsonReader reader(fields, "");
    core::Event event = read_event(reader, arrival, limits);
    result.event_id = event.id;
    result.fault = reader.fault();
    if (!result.fault) {
      std::string visitor = visitor_of(event);
      event.flags |= arrival.flags;
      intake.records.push_back({arrival.site, std::move(visitor), arrival.received_at, 0, std::move(event)});
    }
  }
  intake.rejected += result.fault ? 1 : 0;
  intake.results.push_back(std::move(result));
}

void map_times(Intake& intake, const Arrival& arrival, const IntakeLimits& limits) {
  std::optional<UnixMillis> newest;
  for (const core::Record& record : intake.records)
    newest = std::max(newest.value_or(0), *std::get<core::Event>(record.body).client_time);
  // The original's clients send no sentAt. Near our own clock their times are believed as they are; what is far off
  // is taken from the newest event of the request.
  const ClockMapping mapping(arrival.received_at / 1000, std::nullopt, newest);
  for (core::Record& record : intake.records) mapping.apply(std::get<core::Event>(record.body), limits.oldest);
}

}  // namespace

Result<Intake> read_mission_event(std::string& body, const Arrival& arrival, const IntakeLimits& limits) {
  if (body.size() > limits.single_bytes_max) {
    return fail(ErrorCode::kLimitExceeded, "body_too_large: a single event is larger than the limit", "body",
                static_cast<std::int64_t>(limits.single_bytes_max));
  }
  auto root = parse_document(body);
  if (!root) return pass_on(root);
  Intake intake;
  take_event(*root, 0, arrival, limits, intake);
  map_times(intake, arrival, limits);
  return intake;
}

Result<Intake> read_mission_batch(std::string& body, const Arrival& arrival, const IntakeLimits& limits) {
  auto root = parse_document(body);
  if (!root) return pass_on(root);
  simdjson::dom::array events;
  if (root->at_key("events").get(events) != simdjson::SUCCESS || events.size() == 0) {
    return fail(ErrorCode::kInvalidArgument, "Events array is required and must not be empty", "events");
  }
  if (events.size() > limits.events_max) {
    return fail(ErrorCode::kLimitExceeded, "too_many_events: split the batch", "events",
                static_cast<std::int64_t>(limits.events_max));
  }
  Intake intake;
  intake.records.reserve(events.size());
  intake.results.reserve(events.size());
  std::size_t index = 0;
  for (simdjson::dom::element item : events) take_event(item, index++, arrival, limits, intake);
  map_times(intake, arrival, limits);
  return intake;
}

}  // namespace handrail::gateway
