// SPDX-License-Identifier: Apache-2.0
#include "core/risk/forest.h"

#include <doctest/doctest.h>
#include <xgboost/c_api.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>

#include "adapters/xgboost/model_document.h"

// Against libxgboost itself.
using namespace handrail;

namespace {

constexpr std::size_t kFeatures = 17;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

void must(int outcome) { REQUIRE_MESSAGE(outcome == 0, std::string(XGBGetLastError())); }

using Rows = std::vector<float>;

// Values as they come in life and as they should not: missing, endless, tiny, equal to thresholds, of either sign.
Rows rows_of(std::size_t count, std::mt19937& random, bool is_wild) {
  std::normal_distribution<float> normal;
  Rows rows(count * kFeatures);
  for (float& value : rows) {
    const unsigned kind = random() % 100;
    value = kind < 20 ? kNaN : kind < 50 ? std::round(2 * normal(random)) : normal(random);
    if (!is_wild || kind < 90) continue;
    const float odd[] = {0.0F, -0.0F, std::numeric_limits<float>::denorm_min(), -1e-40F, 3e38F, -3e38F, 1e-38F};
    value = odd[random() % std::size(odd)];
  }
  return rows;
}

// A booster that learnt something of its rows.
class Booster {
 public:
  explicit Booster(const char* depth, const char* base_score = "0.5", int rounds = 40) {
    std::mt19937 random(7);
    const Rows rows = rows_of(4000, random, false);
    std::vector<float> labels;
    for (std::size_t i = 0; i < rows.size(); i += kFeatures) {
      const float x = std::isnan(rows[i]) ? 1 : rows[i], y = std::isnan(rows[i + 3]) ? -1 : rows[i + 3];
      labels.push_back(x * y + rows[i + 5] > std::normal_distribution<float>()(random) ? 1 : 0);
    }
    must(XGDMatrixCreateFromMat(rows.data(), labels.size(), kFeatures, kNaN, &data_));
    must(XGDMatrixSetFloatInfo(data_, "label", labels.data(), labels.size()));
    must(XGBoosterCreate(&data_, 1, &handle_));
    for (const auto& [name, value] : {std::pair{"objective", "binary:logistic"},
                                      {"max_depth", depth},
                                      {"eta", "0.3"},
                                      {"tree_method", "hist"},
                                      {"base_score", base_score},
                                      {"nthread", "1"}})
      must(XGBoosterSetParam(handle_, name, value));
    for (int round = 0; round < rounds; ++round) must(XGBoosterUpdateOneIter(handle_, round, data_));
  }
  ~Booster() {
    XGBoosterFree(handle_);
    XGDMatrixFree(data_);
  }
  Booster(const Booster&) = delete;

  std::string saved(const char* format) const {
    std::uint64_t size = 0;
    const char* bytes = nullptr;
    must(XGBoosterSaveModelToBuffer(handle_, (R"({"format":")" + std::string(format) + "\"}").c_str(), &size, &bytes));
    return {bytes, size};
  }
  // 0: probabilities, 1: margins, 2: contributions.
  std::vector<float> predicted(const Rows& rows, int type) const {
    DMatrixHandle matrix = nullptr;
    must(XGDMatrixCreateFromMat(rows.data(), rows.size() / kFeatures, kFeatures, kNaN, &matrix));
    const std::string config = R"({"type":)" + std::to_string(type) +
                               R"(,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
    const std::uint64_t* shape = nullptr;
    std::uint64_t dimensions = 0;
    const float* out = nullptr;
    must(XGBoosterPredictFromDMatrix(handle_, matrix, config.c_str(), &shape, &dimensions, &out));
    std::uint64_t size = 1;
    for (std::uint64_t i = 0; i < dimensions; ++i) size *= shape[i];
    std::vector<float> predictions(out, out + size);
    XGDMatrixFree(matrix);
    return predictions;
  }

 private:
  DMatrixHandle data_ = nullptr;
  BoosterHandle handle_ = nullptr;
};

// For each of three boosters; nightly asks for more.
std::size_t rows_wanted() {
  const char* wanted = std::getenv("HANDRAIL_FOREST_ROWS");
  return wanted == nullptr ? 20'000 : std::strtoull(wanted, nullptr, 10);
}

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

}  // namespace

TEST_CASE("a forest gives libxgboost's margins and probabilities to the bit") {
  std::mt19937 random(11);
  for (const auto& [depth, base] : {std::pair{"1", "0.5"}, {"6", "0.2"}, {"11", "0.5"}}) {
    CAPTURE(depth);
    const Booster booster(depth, base);
    const auto model = xgboost::model_in(booster.saved("json"));
    REQUIRE_MESSAGE(model, model.error().message);
    const Rows rows = rows_of(rows_wanted(), random, true);
    const auto margins = booster.predicted(rows, 1), probabilities = booster.predicted(rows, 0);
    std::size_t different = 0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const float margin = model->forest.margin(std::span(rows).subspan(i * kFeatures, kFeatures));
      different +=
          bits(margin) != bits(margins[i]) || bits(core::probability_of_margin(margin)) != bits(probabilities[i]);
    }
    CHECK(different == 0);
  }
}

TEST_CASE("endless values go the way that libxgboost's own walk gives them") {
  const Booster booster("6");
  const auto model = xgboost::model_in(booster.saved("ubj"));
  REQUIRE(model);
  std::mt19937 random(13);
  // libxgboost refuses rows with them at its door; its comparison treats them as any number beyond all thresholds.
  Rows endless = rows_of(2000, random, false), huge = endless;
  for (std::size_t i = 0; i < endless.size(); ++i) {
    if (random() % 10 != 0) continue;
    const bool is_above = random() % 2 == 0;
    endless[i] = is_above ? kInfinity : -kInfinity;
    huge[i] = is_above ? std::numeric_limits<float>::max() : std::numeric_limits<float>::lowest();
  }
  const auto margins = booster.predicted(huge, 1);
  for (std::size_t i = 0; i < margins.size(); ++i)
    REQUIRE(bits(model->forest.margin(std::span(endless).subspan(i * kFeatures, kFeatures))) == bits(margins[i]));
}

TEST_CASE("contributions are libxgboost's, and together the margin") {
  const Booster booster("6", "0.3");
  const auto model = xgboost::model_in(booster.saved("json"));
  REQUIRE(model);
  std::mt19937 random(17);
  const Rows rows = rows_of(300, random, true);
  const auto theirs = booster.predicted(rows, 2);
  for (std::size_t i = 0; i < rows.size() / kFeatures; ++i) {
    const auto row = std::span(rows).subspan(i * kFeatures, kFeatures);
    const auto ours = model->forest.contributions(row);
    REQUIRE(ours.size() == kFeatures + 1);
    double sum = 0;
    for (std::size_t f = 0; f <= kFeatures; ++f) {
      sum += ours[f];
      REQUIRE(ours[f] == doctest::Approx(theirs[i * (kFeatures + 1) + f]).epsilon(0.001).scale(0.1));
    }
    REQUIRE(sum == doctest::Approx(model->forest.margin(row)).epsilon(1e-5));
  }
}

TEST_CASE("both forms of a model's file say the same") {
  const Booster booster("4");
  const auto json = xgboost::model_in(booster.saved("json")), ubj = xgboost::model_in(booster.saved("ubj"));
  REQUIRE(json);
  REQUIRE_MESSAGE(ubj, ubj.error().message);
  CHECK(json->version == "1.7.4");
  CHECK(ubj->version == json->version);
  CHECK(ubj->forest.trees() == 40);
  CHECK(ubj->forest.features() == kFeatures);
  std::mt19937 random(19);
  const Rows rows = rows_of(1000, random, true);
  for (std::size_t i = 0; i < rows.size(); i += kFeatures) {
    const auto row = std::span(rows).subspan(i, kFeatures);
    REQUIRE(bits(json->forest.margin(row)) == bits(ubj->forest.margin(row)));
  }
}

TEST_CASE("what is no model of an exit's probability is refused by name") {
  const auto refusal_of = [](std::string_view file) {
    const auto model = xgboost::model_in(file);
    REQUIRE_FALSE(model);
    CHECK(model.error().code == ErrorCode::kInvalidArgument);
    return model.error().message;
  };
  const Booster booster("3", "0.5", 2);
  CHECK(refusal_of("\x80\x04\x95 pickle").find("pickle") != std::string::npos);
  CHECK(refusal_of(booster.saved("deprecated")).find("old binary form") != std::string::npos);
  CHECK(refusal_of("{\"learner\": 1}").find("objective.name") != std::string::npos);
  CHECK(refusal_of("{\"model\": 1}").find("learner") != std::string::npos);
  CHECK(refusal_of("{\"model\": ").find("no JSON") != std::string::npos);
  std::string other = booster.saved("json");
  other.replace(other.find("binary:logistic"), 15, "reg:squarederr0");
  CHECK(refusal_of(other).find("binary:logistic") != std::string::npos);
  const std::string ubj = booster.saved("ubj");
  for (std::size_t size = 1; size < ubj.size(); size += 1 + size / 50) refusal_of(ubj.substr(0, size));
}
