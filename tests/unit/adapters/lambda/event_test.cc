// SPDX-License-Identifier: Apache-2.0
#include "adapters/lambda/event.h"

#include <doctest/doctest.h>

#include "adapters/common/block_codec.h"
#include "base/encoding.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;
using lambda::FunctionEvent;

namespace {

std::string record(const std::string& key, const std::string& sequence, const std::string& message) {
  return R"({"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":")" + key + R"(","sequenceNumber":")" + sequence +
         R"(","data":")" + to_base64(message) + R"(","approximateArrivalTimestamp":1545084650.987},
      "eventSource":"aws:kinesis","eventID":"shardId-000000000006:1","awsRegion":"eu-central-1"})";
}

}  // namespace

TEST_CASE("Kinesis' records are read, also those that are not ours") {
  Visit a("a");
  const std::vector<Record> records{a.page(0)};
  const auto event = lambda::function_event(R"({"Records":[)" + record(a.key().hex(), "11", block_of(records)) + "," +
                                            record("somebody", "12", block_of(records)) + "," +
                                            record(a.key().hex(), "13", "\x07nonsense") + "]}");
  REQUIRE(event);
  CHECK(event->kind == FunctionEvent::Kind::kRecords);
  REQUIRE(event->blocks.size() == 3);
  CHECK(event->blocks[0].visitor == a.key());
  CHECK(event->blocks[0].records->size() == 1);
  CHECK(event->blocks[0].arrived_at == 1545084650987);
  CHECK(event->blocks[0].raw.empty());
  CHECK(event->blocks[1].visitor.is_zero());
  CHECK(event->blocks[1].raw == block_of(records));
  CHECK_FALSE(event->blocks[2].records);
  CHECK(event->blocks[2].raw == "\x07nonsense");
  CHECK(lambda::batch_response(event->blocks, {}) == R"({"batchItemFailures":[]})");
  CHECK(lambda::batch_response(event->blocks, {1, 2}) ==
        R"({"batchItemFailures":[{"itemIdentifier":"12"},{"itemIdentifier":"13"}]})");
}

TEST_CASE("the scheduler's event asks for deadlines; others are refused with what they lack") {
  for (const char* text :
       {R"({"source":"aws.scheduler"})", R"({"handrail":"sweep"})", R"({"source":"aws.events","time":"x"})"}) {
    const auto event = lambda::function_event(text);
    REQUIRE(event);
    CHECK(event->kind == FunctionEvent::Kind::kSweep);
  }
  for (const char* text :
       {"", "[]", "{}", R"({"Records":3})", R"({"Records":[{}]})", R"({"Records":[{"kinesis":{}}]})"}) {
    CAPTURE(text);
    const auto event = lambda::function_event(text);
    REQUIRE_FALSE(event);
    CHECK(event.error().code == ErrorCode::kInvalidArgument);
  }
}
