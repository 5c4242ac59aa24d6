// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/booster.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "adapters/xgboost/model_document.h"
#include "tests/support/vectors.h"

using namespace handrail;
namespace json = boost::json;

namespace {

struct Reference {
  std::vector<float> values, labels, weights, margins, margins_of_4;
  xgboost::Parameters parameters;
  int rounds = 0;
};

Reference reference() {
  const json::value v = test::vectors_in(std::string(HANDRAIL_TEST_VECTORS) + "/training.json").at("booster");
  Reference out;
  for (const json::value& row : v.at("values").as_array()) {
    for (const json::value& value : row.as_array())
      out.values.push_back(value.is_null() ? NAN : value.to_number<float>());
  }
  out.labels = json::value_to<std::vector<float>>(v.at("labels"));
  out.weights = json::value_to<std::vector<float>>(v.at("weights"));
  out.margins = json::value_to<std::vector<float>>(v.at("margins"));
  out.margins_of_4 = json::value_to<std::vector<float>>(v.at("marginsOf4"));
  out.rounds = v.at("rounds").to_number<int>();
  for (const auto& [name, value] : v.at("parameters").as_object()) out.parameters.emplace_back(name, value.as_string());
  return out;
}

}  // namespace

TEST_CASE("a booster learns what xgboost's own Python package learns") {
  const Reference expected = reference();
  const auto matrix = xgboost::Matrix::of(expected.values, 4, expected.labels, expected.weights);
  REQUIRE(matrix);
  auto booster = xgboost::Booster::on(*matrix, expected.parameters);
  REQUIRE(booster);
  while (booster->rounds() < expected.rounds) REQUIRE(booster->grow());
  const auto margins = booster->margins(*matrix), of_4 = booster->margins(*matrix, 4);
  REQUIRE(margins);
  REQUIRE(of_4);
  for (std::size_t i = 0; i < margins->size(); ++i) {
    REQUIRE((*margins)[i] == doctest::Approx(expected.margins[i]).epsilon(1e-5));
    REQUIRE((*of_4)[i] == doctest::Approx(expected.margins_of_4[i]).epsilon(1e-5));
  }
  const auto first = booster->first(4);
  REQUIRE(first);
  CHECK(first->margins(*matrix).value() == *of_4);
}

TEST_CASE("what a booster saves scores to the bit as it did, by its names") {
  const Reference rows = reference();
  const auto matrix = xgboost::Matrix::of(rows.values, 4, rows.labels, rows.weights);
  auto booster = xgboost::Booster::on(*matrix, rows.parameters);
  while (booster->rounds() < rows.rounds) REQUIRE(booster->grow());
  const std::vector<std::string> names = {"gap", "count of /a?b=1", "ü", "last"};
  const auto bytes = booster->ubj(names);
  REQUIRE(bytes);
  const auto model = xgboost::model_in(*bytes);
  REQUIRE_MESSAGE(model, model.error().message);
  CHECK(model->feature_names == names);
  CHECK(model->forest.trees() == static_cast<std::size_t>(rows.rounds));
  const auto margins = booster->margins(*matrix);
  for (std::size_t i = 0; i < margins->size(); ++i) {
    const float margin = model->forest.margin(std::span(rows.values).subspan(4 * i, 4));
    REQUIRE(std::bit_cast<std::uint32_t>(margin) == std::bit_cast<std::uint32_t>((*margins)[i]));
  }
}

TEST_CASE("what libxgboost refuses is an error in its words") {
  const Reference rows = reference();
  const auto matrix = xgboost::Matrix::of(rows.values, 4, rows.labels, rows.weights);
  auto booster = xgboost::Booster::on(*matrix, {{"objective", "binary:logistic"}, {"max_depth", "deep"}});
  const Error error = booster ? booster->grow().error() : booster.error();
  CHECK(error.code == ErrorCode::kInternal);
  CHECK(error.message.find("max_depth") != std::string::npos);
  CHECK_FALSE(xgboost::Matrix::of({}, 4));
  CHECK_FALSE(xgboost::Matrix::of(std::span(rows.values).first(7), 4));
  CHECK_FALSE(xgboost::Matrix::of(rows.values, 4, std::span(rows.labels).first(3)));
}
