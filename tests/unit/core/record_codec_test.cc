// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/chat/conversation.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("every kind of record survives being written and read, and no prefix of it passes") {
  Visit v("a");
  const std::vector<Record> records = {
      v.page(0),
      v.click(1, Reaction::kNone),
      v.outcome(2, 1, 600, Reaction::kSome),
      v.valid(3, "field:a"),
      v.invalid(4),
      v.submit(5, SubmitResult::kFailed),
      v.event(6, ExitIntent{}),
      v.event(7, Visibility{false}),
      v.event(8, Step{"f", "s", 3}),
      v.event(9, DeclaredProgress{"cart"}),
      v.event(10, Goal{"loan"}),
      v.event(11, Identify{"anna"}),
      v.struggle(12, 3),
      v.event(13, Custom{}, "own"),
      v.answer(14, InterventionId{id_of({"i"})}, AnswerKind::kDismissed, true),
      v.record(15, Chat{conversation_id("s", "v", "m"), ChatEvent::kMessage, ChatAuthor::kAgent, "m", "Maya", "hello"}),
      v.record(16, TimerFired{}),
      v.record(17, PersonDecision{"anna", "a", AnswerKind::kSnoozed, false, 17, {}}),
      v.record(18, AgentAvailability{"Maya", true, 20}),
      v.record(19, Link{"a"}),
      v.record(20, Site{"shop", "Shop", {"https://shop.example"}, 5, 90, true, false, false, {"s"}, {"i"}}),
      v.record(21, Credential{"c", "shop", Role::kAgent, "Maya", "hash", 1, 2, {}}),
      v.record(22, Act{"c Maya", "192.0.2.1", "site.changed", "shop", "stopped"}),
      v.event(23, ConsentChoice{{Agreement::kGranted, Agreement::kRefused, Agreement::kUnasked}}),
      v.record(24, PersonConsent{"anna", "a", {{Agreement::kRefused, Agreement::kUnasked, Agreement::kGranted}, 9}}),
      v.record(25, Erasure{}),
      v.record(26, Erasure{7}),
      v.record(27, ModelPart{3, 1, std::string("\0\xff", 2)}),
      v.record(28, ModelVersion{3, "exit risk", "ab", 2, 100, 5, "c Maya", "{}"}),
      v.record(29, ModelMove{3, ModelStage::kCanary, 10, {{0, 0}, {kProbabilityOne, 100}}, 9, "c Maya", "well"}),
      v.record(30, Prediction{JourneyId{id_of({"j"})}, 3, kProbabilityOne / 2, 29, 7}),
      v.record(31, Analysis{AnalysisId{id_of({"a"})},
                            JourneyId{id_of({"j"})},
                            "tab:7",
                            29,
                            7,
                            60,
                            72,
                            EngagementLevel::kLow,
                            {{InsightCode::kFieldErrors, 3}},
                            {"offer_callback"},
                            "Hello?",
                            true,
                            "en",
                            {"bedrock", "nova", "1", 600, 800, 100, 42'000, true}})};
  for (const Record& record : records) {
    const std::string bytes = encode(record);
    const auto back = decode_record(bytes);
    REQUIRE(back);
    CHECK(encode(*back) == bytes);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(decode_record(bytes.substr(0, cut)));
    CHECK_FALSE(decode_record(bytes + "x"));
  }
}

TEST_CASE("the formats before are read: they have the same form, and less kinds") {
  const Record record = Visit("a").page(0);
  std::string bytes = encode(record);
  CHECK(bytes[0] == 7);
  for (const char older : {6, 5, 4, 3, 2}) {
    bytes[0] = older;
    const auto back = decode_record(bytes);
    REQUIRE(back);
    CHECK(encode(*back) == encode(record));
  }
  bytes[0] = 1;
  CHECK_FALSE(decode_record(bytes));
}

TEST_CASE("a newer format is refused by name") {
  std::string bytes = encode(Visit("a").page(0));
  bytes[0] = 9;
  const auto refused = decode_record(bytes);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("format 9") != std::string::npos);
}
