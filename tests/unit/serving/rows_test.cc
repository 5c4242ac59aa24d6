// SPDX-License-Identifier: Apache-2.0
#include "serving/rows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace handrail;
using namespace handrail::serving;

namespace {

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

void check_rows(Form form, const char* body, std::size_t features, const std::vector<float>& wanted) {
  CAPTURE(body);
  const auto rows = rows_in(body, form, features);
  REQUIRE_MESSAGE(rows, rows.error().message);
  CHECK(rows->count == wanted.size() / features);
  CHECK(same(rows->values, wanted));
}

void check_refused(Form form, const char* body, std::size_t features, const char* why) {
  CAPTURE(body);
  const auto rows = rows_in(body, form, features);
  REQUIRE_FALSE(rows);
  CAPTURE(rows.error().message);
  CHECK(rows.error().message.find(why) != std::string::npos);
  CHECK(rows.error().code == ErrorCode::kInvalidArgument);
}

}  // namespace

TEST_CASE("CSV rows: empty cells are missing, either line end, an end or none") {
  check_rows(Form::kCsv, "1,2.5\n-3e2,\n", 2, {1, 2.5, -300, kNaN});
  check_rows(Form::kCsv, " 1 ,nan\r\n,\r\n\r\n", 2, {1, kNaN, kNaN, kNaN});
  check_rows(Form::kCsv, "7", 1, {7});
  check_rows(Form::kCsv, "", 3, {});
  check_rows(Form::kCsv, "0.1,1e300", 2, {0.1F, std::numeric_limits<float>::infinity()});
}

TEST_CASE("CSV rows that do not fit the model are named") {
  check_refused(Form::kCsv, "1,2\n1\n", 2, "row 2 has 1 values, and the model 2 features");
  check_refused(Form::kCsv, "1,2,3\n", 2, "row 1 has 3 values");
  check_refused(Form::kCsv, "1,2\n\n1,2\n", 2, "row 2 has 1 values");
  check_refused(Form::kCsv, "a,b\n1,2\n", 2,
                "row 1 holds \"a\", which is no number, as value 1; a header does not belong");
  check_refused(Form::kCsv, "1,2\n1,\"2\"\n", 2, "row 2 holds \"\"2\"\", which is no number, as value 2");
}

TEST_CASE("JSON rows: instances with features, lists, null for missing") {
  check_rows(Form::kJson, R"({"instances":[{"features":[1,null]},[2.5,-3]]})", 2, {1, kNaN, 2.5, -3});
  check_rows(Form::kJson, "[[1,2],[3,4]]", 2, {1, 2, 3, 4});
  check_rows(Form::kJson, R"({"instances":[]})", 2, {});
}

TEST_CASE("JSON that is none, or says something else, is refused") {
  check_refused(Form::kJson, "{", 2, "is no JSON: ");
  check_refused(Form::kJson, "{}", 2, "must be {\"instances\": [...]} or a list");
  check_refused(Form::kJson, "[1,2]", 2, "row 1 is neither a list of numbers nor");
  check_refused(Form::kJson, R"([[1,2],{"feature":[1,2]}])", 2, "row 2 is neither");
  check_refused(Form::kJson, R"([[1,"2"]])", 2, "row 1 holds what is neither a number nor null, as value 2");
  check_refused(Form::kJson, "[[1,true]]", 2, "row 1 holds");
  check_refused(Form::kJson, "[[1,2,3]]", 2, "row 1 has 3 values, and the model 2 features");
}

TEST_CASE("JSON lines") {
  check_rows(Form::kJsonLines, "{\"features\":[1,2]}\n[3,null]\r\n\n", 2, {1, 2, 3, kNaN});
  check_rows(Form::kJsonLines, "", 2, {});
  check_refused(Form::kJsonLines, "[1,2]\n[1,\n", 2, "row 2 is no JSON: ");
  check_refused(Form::kJsonLines, "[1,2]\n\n[1,2]\n", 2, "row 2 is no JSON: ");
  check_refused(Form::kJsonLines, "[1]\n", 2, "row 1 has 1 values");
}

TEST_CASE("types are told by their name, and answers by what is asked for first") {
  CHECK(form_of_type("text/csv; label_size=0; charset=utf-8") == Form::kCsv);
  CHECK(form_of_type("") == Form::kCsv);
  CHECK(form_of_type("Application/JSON") == Form::kJson);
  CHECK(form_of_type("application/jsonlines") == Form::kJsonLines);
  CHECK_FALSE(form_of_type("text/libsvm"));
  CHECK(form_to_answer("", Form::kJson) == Form::kJson);
  CHECK(form_to_answer("*/*", Form::kCsv) == Form::kCsv);
  CHECK(form_to_answer("text/html, application/jsonlines;q=0.5, text/csv", Form::kCsv) == Form::kJsonLines);
  CHECK(form_to_answer("application/*", Form::kCsv) == Form::kJson);
  CHECK(form_to_answer("text/*", Form::kJson) == Form::kCsv);
  CHECK_FALSE(form_to_answer("image/png", Form::kCsv));
}

TEST_CASE("scores read back the same, in each form") {
  const std::vector<float> scores = {0.1F, 0.5F, 0.333333343F};
  CHECK(scores_as(Form::kCsv, scores, Layout::kTogether) == "0.1,0.5,0.33333334");
  CHECK(scores_as(Form::kCsv, scores, Layout::kLineEach) == "0.1\n0.5\n0.33333334\n");
  CHECK(scores_as(Form::kJson, {0.25F, 1}, Layout::kLineEach) == R"({"predictions":[{"score":0.25},{"score":1}]})");
  CHECK(scores_as(Form::kJsonLines, {0.25F}, Layout::kTogether) == "{\"score\":0.25}\n");
  CHECK(scores_as(Form::kJson, {}, Layout::kTogether) == R"({"predictions":[]})");
  CHECK(scores_as(Form::kCsv, {}, Layout::kLineEach).empty());
}
