// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/intake.h"

#include <doctest/doctest.h>

#include "gateway/codec/facts.h"
#include "gateway/gzip.h"
#include "tests/support/fake_clock.h"

using namespace handrail;
using namespace handrail::gateway;
using test::kStart;

namespace {

Intake sdk(UnixMillis timestamp, const std::string& sent_at, UnixMillis received = kStart) {
  std::string body = R"({"v":1,"anonymousId":"a","tabId":"t")" + sent_at +
                     R"(,"events":[{"seq":1,"eventType":"page","timestamp":)" + std::to_string(timestamp) +
                     R"(,"eventData":{"path":"/x"}}]})";
  auto intake = read_sdk_batch(body, arrival_of("", received * 1000), {});
  REQUIRE(intake);
  REQUIRE(intake->records.size() == 1);
  return std::move(*intake);
}

const core::Event& event_of(const Intake& intake, std::size_t i = 0) {
  return std::get<core::Event>(intake.records.at(i).body);
}

std::string mission(const std::string& type, const std::string& data, const std::string& more = "") {
  return R"({"eventType":")" + type + R"(","userId":"u1","sessionId":"s1","timestamp":)" + std::to_string(kStart) +
         R"(,"eventData":)" + data + more + "}";
}

Intake mission_event(std::string body) {
  auto intake = read_mission_event(body, arrival_of("", kStart * 1000), {});
  REQUIRE(intake);
  return std::move(*intake);
}

}  // namespace

TEST_CASE("client time is mapped onto log time by sentAt, and never lies ahead") {
  // A client clock that is an hour ahead: sent at +1 h, happened 2 s before that.
  CHECK(event_of(sdk(kStart + kHour - 2000, R"(,"sentAt":)" + std::to_string(kStart + kHour))).occurred_at ==
        kStart - 2000);
  const Intake ahead = sdk(kStart + 10'000, R"(,"sentAt":)" + std::to_string(kStart));
  CHECK(event_of(ahead).occurred_at == kStart);
  CHECK((event_of(ahead).flags & core::kFlagClamped) != 0);
  CHECK(event_of(ahead).client_time == kStart + 10'000);  // all times are kept
}

TEST_CASE("without sentAt the newest event counts as happening when received") {
  CHECK(event_of(sdk(123'456, "")).occurred_at == kStart);
  std::string body = R"({"events":[)" + mission("page_view", R"({"feature":"f"})") + "," +
                     mission("struggle_signal", R"({"feature":"f","attemptCount":3})") + "]}";
  const std::string early = std::to_string(kStart);
  body.replace(body.find(early), early.size(), std::to_string(kStart - 30'000));
  auto intake = read_mission_batch(body, arrival_of("", (kStart + 500) * 1000), {});
  REQUIRE(intake);
  CHECK(event_of(*intake, 0).occurred_at == kStart + 500 - 30'000);
  CHECK(event_of(*intake, 1).occurred_at == kStart + 500);
}

TEST_CASE("what happened more than a day ago is flagged late") {
  const Intake old = sdk(kStart - 25 * kHour, R"(,"sentAt":)" + std::to_string(kStart));
  CHECK((event_of(old).flags & core::kFlagLate) != 0);
  CHECK((event_of(sdk(kStart - 23 * kHour, R"(,"sentAt":)" + std::to_string(kStart))).flags & core::kFlagLate) == 0);
}

TEST_CASE("unusable bodies are refused whole, by code") {
  const auto code_of = [](std::string body) {
    auto intake = read_sdk_batch(body, arrival_of("", kStart * 1000), {});
    return intake ? std::string("accepted") : intake.error().message.substr(0, intake.error().message.find(':'));
  };
  CHECK(code_of("") == "invalid_json");
  CHECK(code_of("{") == "invalid_json");
  CHECK(code_of("[]") == "wrong_type");
  CHECK(code_of("{}x") == "invalid_json");
  CHECK(code_of("\"\xff\"") == "invalid_utf8");
  CHECK(code_of(std::string(100, '[') + std::string(100, ']')) == "too_deep");
  CHECK(code_of(R"({"v":1,"anonymousId":"a","tabId":"t","events":[)" +
                std::string(2002, '1').replace(1, 2001, std::string(2001, ',')) + "]}") == "invalid_json");
}

TEST_CASE("ten thousand properties are too many for one event, and its neighbours pass") {
  std::string data = R"({"path":"/x")";
  for (int i = 0; i < 10'000; ++i) data += ",\"k" + std::to_string(i) + "\":1";
  std::string body =
      R"({"v":1,"anonymousId":"a","tabId":"t","events":[{"seq":1,"eventType":"page","timestamp":1,"eventData":)" +
      data + R"(}},{"seq":2,"eventType":"page","timestamp":1,"eventData":{"path":"/y"}}]})";
  auto intake = read_sdk_batch(body, arrival_of("", kStart * 1000), {});
  REQUIRE(intake);
  CHECK(intake->records.size() == 1);
  CHECK(intake->results[0].fault->code == "too_many_properties");
}

TEST_CASE("the mission's rules hold, its own clients' slips are taken, and everything they send is kept") {
  CHECK(mission_event(mission("page_view", R"({"page":"loan-calculator"})")).records.size() ==
        1);  // `page` for `feature`
  CHECK(mission_event(mission("page_view", R"({})")).results[0].fault->code == "missing_field");
  CHECK(mission_event(mission("struggle_signal", R"({"feature":"loan","attemptCount":1})")).results[0].fault->code ==
        "out_of_range");
  CHECK(mission_event(mission("feature_interaction", R"({"feature":"a b"})")).results[0].fault->code == "bad_id");
  CHECK(mission_event(mission("user_action", R"({"action":"x","fieldName":"rate"})")).records.size() == 1);
  const Intake kept = mission_event(
      mission("form_error", R"({"errorMessage":"no"})", R"(,"eventId":"e-7","userContext":{"userSegment":"demo"})"));
  CHECK(event_of(kept).id == "e-7");
  CHECK(event_of(kept).data_json == R"({"errorMessage":"no"})");
  CHECK(event_of(kept).context_json == R"({"userContext":{"userSegment":"demo"}})");
}

TEST_CASE("anonymous visitors are told apart by their session") {
  std::string body = mission("page_view", R"({"feature":"f"})");
  body.replace(body.find("u1"), 2, "anonymous");
  const Intake intake = mission_event(body);
  CHECK(intake.records[0].visitor == "s1");
  CHECK(event_of(intake).user_id.empty());
}

TEST_CASE("both forms of timestamp are read") {
  std::string body = mission("page_view", R"({"feature":"f"})");
  const std::string number = std::to_string(kStart);
  body.replace(body.find(number), number.size(), "\"2027-01-15T08:00:00.250Z\"");
  CHECK(event_of(mission_event(body)).client_time == 1'800'000'000'250);
  std::string offset = body;
  offset.replace(offset.find("08:00:00.250Z"), 13, "09:00:00.250+01:00");
  CHECK(event_of(mission_event(offset)).client_time == 1'800'000'000'250);
  std::string wrong = body;
  wrong.replace(wrong.find("2027-01"), 7, "2027-13");
  CHECK(mission_event(wrong).results[0].fault->field == "timestamp");
}

TEST_CASE("pages share a template when only ids differ") {
  CHECK(page_of_path("/loans/4711/edit") == "/loans/:id/edit");
  CHECK(page_of_path("/u/0198c9f0-7a11-7c3e-9d55-2f6b8e1a4c77") == "/u/:id");
  CHECK(page_of_path("/loans") == "/loans");
  CHECK(page_of_path("/") == "/");
}

TEST_CASE("bodies that are no whole gzip, or unpack to too much, are refused") {
  CHECK(gunzip("not gzip", 1000).error().message.starts_with("invalid_gzip"));
}

TEST_CASE("the user agent gives a device and tells bots") {
  CHECK(arrival_of("Mozilla/5.0 (iPhone; CPU iPhone OS) Mobile/15E148", 0).device == core::Device::kMobile);
  CHECK(arrival_of("Mozilla/5.0 (iPad)", 0).device == core::Device::kTablet);
  CHECK(arrival_of("Mozilla/5.0 (X11; Linux)", 0).device == core::Device::kDesktop);
  CHECK(arrival_of("Googlebot/2.1", 0).flags == core::kFlagBot);
  CHECK(arrival_of("", 0, true).flags == core::kFlagGpc);
}
