// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("the same field invalid twice in 120 s, then a third time") {
  Folder fold;
  Visit v("a");
  fold(v.invalid(0));
  CHECK_FALSE(fold.newest(SignalKind::kValidationRepeat));
  fold(v.invalid(20'000));
  CHECK(fold.newest(SignalKind::kValidationRepeat)->episode.grade == Grade::kTwice);
  CHECK(fold.struggle_at(v.from() + 20'000) == 45);
  fold(v.invalid(30'000));
  CHECK(fold.newest(SignalKind::kValidationRepeat)->episode.grade == Grade::kThrice);
}

TEST_CASE("what was found while typing, in an untouched field, or twice within a blink does not count") {
  Folder fold;
  Visit v("a");
  for (int i = 0; i < 5; ++i) fold(v.invalid(i * 1000, "field:term", ValidationMoment::kInput));
  for (int i = 0; i < 5; ++i)
    fold(v.event(10'000 + i * 1000, Validation{"field:rate", "form:loan", ValidationMoment::kBlur, true}));
  fold(v.invalid(20'000, "field:term", ValidationMoment::kBlur));
  fold(v.invalid(20'100, "field:term", ValidationMoment::kSubmit));  // the blur that the submit's press caused
  CHECK_FALSE(fold.newest(SignalKind::kValidationRepeat));
}

TEST_CASE("occurrences more than 120 s apart do not repeat") {
  Folder fold;
  Visit v("a");
  fold(v.invalid(0));
  fold(v.invalid(121'000));
  CHECK_FALSE(fold.newest(SignalKind::kValidationRepeat));
}

TEST_CASE("three fields invalid after a failed submit count like three times") {
  Folder fold;
  Visit v("a");
  fold(v.submit(0, SubmitResult::kInvalid));
  fold(v.invalid(1000, "field:amount"));
  fold(v.invalid(1000, "field:rate"));
  CHECK_FALSE(fold.newest(SignalKind::kValidationRepeat));
  fold(v.invalid(1000, "field:term"));
  CHECK(fold.newest(SignalKind::kValidationRepeat)->episode.grade == Grade::kThrice);
}

TEST_CASE("submits failing twice and three times within 60 s") {
  Folder fold;
  Visit v("a");
  fold(v.submit(0, SubmitResult::kFailed));
  fold(v.submit(500, SubmitResult::kFailed));  // a double press
  CHECK_FALSE(fold.newest(SignalKind::kSubmitFailRepeat));
  fold(v.submit(15'000, SubmitResult::kInvalid));
  CHECK(fold.newest(SignalKind::kSubmitFailRepeat)->episode.grade == Grade::kTwice);
  fold(v.submit(25'000, SubmitResult::kFailed));
  CHECK(fold.newest(SignalKind::kSubmitFailRepeat)->episode.grade == Grade::kThrice);
  CHECK(fold.struggle_at(v.from() + 25'000) == 80);
}

TEST_CASE("a success between failures starts the count anew, and forms are told apart") {
  Folder fold;
  Visit v("a");
  fold(v.submit(0, SubmitResult::kFailed));
  fold(v.submit(5000, SubmitResult::kOk));
  fold(v.submit(10'000, SubmitResult::kFailed));
  fold(v.submit(12'000, SubmitResult::kFailed, "form:other"));
  CHECK_FALSE(fold.newest(SignalKind::kSubmitFailRepeat));
}

TEST_CASE("the golden story: same field invalid twice, submit fails twice") {
  Folder fold;
  Visit v("a");
  fold(v.invalid(0));
  fold(v.invalid(20'000));
  CHECK(fold.struggle_at(v.from() + 20'000) == 45);
  fold(v.submit(20'001, SubmitResult::kInvalid));
  fold(v.submit(35'000, SubmitResult::kInvalid));
  CHECK(fold.struggle_at(v.from() + 35'000) == 77);
  CHECK(fold.struggle_at(v.from() + 60'000) == 69);
}

TEST_CASE("app attempts grade by number") {
  for (const auto& [attempts, points] : {std::pair{2, 60}, std::pair{3, 76}, std::pair{4, 76}, std::pair{5, 87}}) {
    Folder fold;
    Visit v("a");
    fold(v.struggle(0, attempts));
    CHECK(fold.struggle_at(v.from()) == points);
  }
}

TEST_CASE("progress halves older evidence: first validity, success, a step forward; each once") {
  Folder fold;
  Visit v("a");
  fold(v.struggle(0, 3));
  fold(v.valid(1000, "field:amount"));
  CHECK(fold.struggle_at(v.from() + 1000) == 38);
  fold(v.valid(2000, "field:amount"));  // valid before: no progress
  CHECK(fold.visitor.journey.progress == 1);
  fold(v.event(3000, Step{"loan", "two", 2}));
  fold(v.event(4000, Step{"loan", "one", 1}));  // back
  fold(v.event(5000, Step{"loan", "two", 2}));  // where it was
  CHECK(fold.visitor.journey.progress == 2);
  fold(v.submit(6000, SubmitResult::kOk));
  CHECK(fold.visitor.journey.progress == 3);
}

TEST_CASE("a field that is merely visited, or empty, is no progress") {
  Folder fold;
  Visit v("a");
  fold(v.event(0, Field{"field:a", FieldPhase::kBlur, Validity::kValid, false, false}));
  fold(v.event(0, Field{"field:b", FieldPhase::kBlur, Validity::kValid, true, true}));
  CHECK(fold.visitor.journey.progress == 0);
}
