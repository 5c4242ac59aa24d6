// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kcl.h"

#include <doctest/doctest.h>

#include "adapters/common/block_codec.h"
#include "base/encoding.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;
using Kind = kinesis::KclRequest::Kind;

TEST_CASE("the daemon's requests are read, and answered in its words") {
  Visit a("a");
  const std::vector<Record> records{a.page(0), a.page(1)};
  const std::string data = to_base64(block_of(records));
  auto request =
      kinesis::kcl_request(R"({"action":"processRecords","millisBehindLatest":1,"records":[{"action":"record",
    "data":")" + data + R"(","partitionKey":")" +
                           a.key().hex() + R"(","sequenceNumber":"4961","subSequenceNumber":0,
    "approximateArrivalTimestamp":1800000000123}]})");
  REQUIRE(request);
  CHECK(request->kind == Kind::kRecords);
  REQUIRE(request->blocks.size() == 1);
  const StreamBlock& block = request->blocks.front();
  CHECK(block.visitor == a.key());
  CHECK(block.sequence == "4961");
  CHECK(block.arrived_at == 1800000000123);
  REQUIRE(block.records);
  CHECK(block.records->size() == 2);
  CHECK(kinesis::kcl_status(*request) == R"({"action":"status","responseFor":"processRecords"})");

  request = kinesis::kcl_request(R"({"action":"initialize","shardId":"shard-1","sequenceNumber":"TRIM_HORIZON"})");
  REQUIRE(request);
  CHECK(request->shard == "shard-1");
  request = kinesis::kcl_request(R"({"action":"checkpoint","sequenceNumber":"1","error":"ShutdownException"})");
  REQUIRE(request);
  CHECK(request->kind == Kind::kCheckpointed);
  CHECK(request->error == "ShutdownException");
  CHECK(kinesis::kcl_checkpoint("5") == R"({"action":"checkpoint","sequenceNumber":"5","subSequenceNumber":0})");
  CHECK(kinesis::kcl_checkpoint({}) == R"({"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null})");
}

TEST_CASE("what the daemon never says is refused by name") {
  for (const char* line :
       {"", "[]", "{", R"({"action":"dance"})", R"({"action":"processRecords"})",
        R"({"action":"processRecords","records":[{}]})", R"({"action":"processRecords","records":[3]})"}) {
    CAPTURE(line);
    const auto request = kinesis::kcl_request(line);
    REQUIRE_FALSE(request);
    CHECK(request.error().code == ErrorCode::kInvalidArgument);
  }
}
