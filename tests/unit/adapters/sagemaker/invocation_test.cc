// SPDX-License-Identifier: Apache-2.0
#include "adapters/sagemaker/invocation.h"

#include <doctest/doctest.h>

#include <limits>

#include "serving/rows.h"

using namespace handrail;
using namespace handrail::sagemaker;

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

ErrorCode code_of(int status, const std::string& type) {
  return as_error({ErrorCode::kInvalidArgument, type, "words", status}).code;
}

}  // namespace

TEST_CASE("rows go as the built-in container takes them, and are read back to the bit") {
  const std::vector<std::vector<float>> rows{{1.5F, kMissing, -0.25F}, {kMissing, 0, kMissing}};
  CHECK(rows_as_csv(rows) == "1.5,,-0.25\n,0,\n");
  const std::vector<std::vector<float>> odd{{0.1F, 1e-30F, 16777217.0F, 3.4e38F, 1.0F / 3}};
  const auto back = serving::rows_in(rows_as_csv(odd), serving::Form::kCsv, 5);
  REQUIRE(back);
  CHECK(back->values == odd[0]);
}

TEST_CASE("scores are read in every form that containers answer in") {
  const std::vector<double> two{0.25, 0.5};
  CHECK(*scores_in("0.25,0.5", "text/csv; charset=utf-8", 2) == two);
  CHECK(*scores_in("0.25\n0.5\n", "text/csv", 2) == two);
  CHECK(*scores_in("0.25,0.5", "", 2) == two);
  CHECK(*scores_in(R"({"predictions":[{"score":0.25},{"score":0.5}]})", "application/json", 2) == two);
  CHECK(*scores_in("[0.25, 0.5]", "application/json", 2) == two);
}

TEST_CASE("an answer of another form or number is none") {
  for (const char* body : {"", "0.25", "0.25,", "0.25,0.5,0.75", "0.25,yes", "0.25 0.5", "<html>", "0.25,0.5x"}) {
    CAPTURE(body);
    const auto scores = scores_in(body, "text/csv", 2);
    REQUIRE_FALSE(scores);
    CHECK(scores.error().code == ErrorCode::kCorrupt);
  }
  for (const char* body : {"", "{", "{}", "7", R"({"predictions":7})", R"({"predictions":[{"p":1},{"p":2}]})",
                           R"(["0.25", "0.5"])", "[0.25]", "[null, null]"}) {
    CAPTURE(body);
    CHECK_FALSE(scores_in(body, "application/json", 2));
  }
}

TEST_CASE("what InvokeEndpoint refuses with, and whether that may pass") {
  CHECK(code_of(400, "ValidationError") == ErrorCode::kInvalidArgument);
  CHECK(code_of(424, "ModelError") == ErrorCode::kInvalidArgument);
  CHECK(code_of(500, "InternalFailure") == ErrorCode::kUnavailable);
  CHECK(code_of(503, "ServiceUnavailable") == ErrorCode::kUnavailable);
  CHECK(code_of(429, "ModelNotReadyException") == ErrorCode::kUnavailable);
  CHECK(code_of(400, "ThrottlingException") == ErrorCode::kLimitExceeded);
  CHECK(code_of(429, "") == ErrorCode::kLimitExceeded);
  CHECK(code_of(403, "ExpiredTokenException") == ErrorCode::kInvalidArgument);
  CHECK(code_of(403, "InvalidSignatureException") == ErrorCode::kInvalidArgument);
  CHECK(as_error({ErrorCode::kTimeout, "", "silence", 0}).code == ErrorCode::kTimeout);
  CHECK(as_error({ErrorCode::kInvalidArgument, "ModelError", "words", 424}).message ==
        "SageMaker InvokeEndpoint: ModelError: words");
  CHECK(as_error({ErrorCode::kInvalidArgument, "ModelError", std::string(5000, 'x'), 424}).message.size() < 400);
}
