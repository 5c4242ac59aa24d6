// SPDX-License-Identifier: Apache-2.0
#include "core/event/properties.h"

#include <doctest/doctest.h>

#include <random>

using namespace handrail::core;

TEST_CASE("a value is found by its path, whatever stands around it") {
  const std::string json = R"({"a":{"b":[1,{"c":2}],"note":"x\"},{","d":{"e":-1.5e3}},"e":true,"f":null,"":7})";
  CHECK(json_at(json, "a.d.e") == "-1.5e3");
  CHECK(json_at(json, "a.note") == R"("x\"},{")");
  CHECK(json_at(json, "a.b") == R"([1,{"c":2}])");
  CHECK(json_at(json, "e") == "true");
  CHECK(json_at(json, "f") == "null");
  CHECK_FALSE(json_at(json, "a.b.c"));
  CHECK_FALSE(json_at(json, "a.d.x"));
  CHECK_FALSE(json_at(json, "x"));
  CHECK(json_at(R"({ "a" : 1 , "b" : "two" })", "b") == R"("two")");
}

TEST_CASE("numbers are read as floats, also from words and strings; what is none is missing") {
  CHECK(number_of("12.5") == 12.5F);
  CHECK(number_of("-3e2") == -300.0F);
  CHECK(number_of("true") == 1.0F);
  CHECK(number_of(R"("42")") == 42.0F);
  for (const char* none : {"null", R"("")", R"("4 2")", R"("abc")", "[1]", "{}", "1e400", "", "\"1"}) {
    CAPTURE(none);
    CHECK_FALSE(number_of(none));
  }
}

TEST_CASE("categories are told apart by what they say, and nothing is none") {
  CHECK(category_of(R"("gold")") == category_of_text("gold"));
  CHECK(category_of("12") == category_of_text("12"));
  CHECK(category_of(R"("gold")") != category_of(R"("silver")"));
  for (const char* none : {"null", R"("")", "[1]", "{}", ""}) CHECK_FALSE(category_of(none));
}

TEST_CASE("any bytes are survived") {
  std::mt19937 random(7);
  const std::string alphabet = R"({}[]":,\ab1 )";
  for (int round = 0; round < 20'000; ++round) {
    std::string json(random() % 40, ' ');
    for (char& c : json) c = alphabet[random() % alphabet.size()];
    const auto found = json_at(json, "a.b");
    if (found) CHECK(json.find(*found) != std::string::npos);
  }
}
