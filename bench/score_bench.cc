// SPDX-License-Identifier: Apache-2.0
#include <xgboost/c_api.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "adapters/xgboost/booster.h"
#include "adapters/xgboost/model_document.h"
#include "commands.h"
#include "stats.h"

// S7: one row through a forest, ours and libxgboost's beside it, by turns.
namespace handrail::bench {
namespace {

constexpr std::size_t kColumns = 51;
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

struct Rows {
  std::vector<float> values, labels;
  std::size_t size() const { return labels.size(); }
  std::span<const float> row(std::size_t i) const { return {values.data() + i * kColumns, kColumns}; }
};

// Labels hang on many columns a little, so that trees grow to their full depth.
Rows random_rows(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < kColumns; ++c) {
      const bool is_missing = random() % 20 == 0;
      const float value = normal(random);
      if (!is_missing) sum += value * static_cast<float>(c % 7) + (value > 1 ? value * value : 0);
      rows.values.push_back(is_missing ? kMissing : value);
    }
    rows.labels.push_back(sum + 10 * normal(random) > 8 ? 1.0F : 0.0F);
  }
  return rows;
}

// Its file, for both.
Result<std::string> trained(const Rows& rows, int trees, int depth) {
  auto matrix = xgboost::Matrix::of(rows.values, kColumns, rows.labels);
  if (!matrix) return pass_on(matrix);
  auto booster = xgboost::Booster::on(*matrix, {{"objective", "binary:logistic"},
                                                {"tree_method", "hist"},
                                                {"max_depth", std::to_string(depth)},
                                                {"eta", "0.05"},
                                                {"min_child_weight", "5"},
                                                {"nthread", "2"}});
  if (!booster) return pass_on(booster);
  for (int i = 0; i < trees; ++i) {
    if (auto grown = booster->grow(); !grown) return pass_on(grown);
  }
  return booster->ubj(std::vector<std::string>(kColumns, ""));
}

class Peer {
 public:
  explicit Peer(const std::string& file) {
    XGBoosterCreate(nullptr, 0, &handle_);
    XGBoosterLoadModelFromBuffer(handle_, file.data(), file.size());
    XGBoosterSetParam(handle_, "nthread", "1");
    XGDMatrixCreateFromMat(&kMissing, 1, 1, kMissing, &proxy_);
  }
  ~Peer() {
    XGDMatrixFree(proxy_);
    XGBoosterFree(handle_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  float margin(std::span<const float> row) {
    char array[160];
    std::snprintf(array, sizeof(array), R"({"data":[%llu,true],"shape":[1,%zu],"typestr":"<f4","version":3})",
                  static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(row.data())), row.size());
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* out = nullptr;
    static constexpr const char* kConfig =
        R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN,"cache_id":0})";
    if (XGBoosterPredictFromDense(handle_, array, kConfig, nullptr, &shape, &dimensions, &out) != 0) return kMissing;
    return out[0];
  }

 private:
  BoosterHandle handle_ = nullptr;
  DMatrixHandle proxy_ = nullptr;
};

template <class Margin>
void time_each(const Rows& rows, std::size_t from, std::size_t count, std::vector<double>& micros,
               std::vector<float>& out, Margin margin) {
  for (std::size_t i = from; i < from + count; ++i) {
    const auto begun = Steady::now();
    out.push_back(margin(rows.row(i % rows.size())));
    micros.push_back(ms_since(begun) * 1000);
  }
}

}  // namespace

int run_score_bench(const ScoreBench& options) {
  const Rows rows = random_rows(20'000, 1);
  auto file = trained(rows, options.trees, options.depth);
  auto model = file ? xgboost::model_in(*file) : Result<xgboost::Model>(pass_on(file));
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return 1;
  }
  Peer peer(*file);
  std::vector<double> ours, theirs, explained;
  std::vector<float> margins, expected;
  constexpr std::size_t kTurn = 500;
  for (int round = 0; round < options.rounds; ++round) {
    const std::size_t from = static_cast<std::size_t>(round) * kTurn;
    time_each(rows, from, kTurn, ours, margins, [&](auto row) { return model->forest.margin(row); });
    time_each(rows, from, kTurn, theirs, expected, [&](auto row) { return peer.margin(row); });
  }
  for (std::size_t i = 0; i < 100; ++i) {
    const auto begun = Steady::now();
    const auto reasons = model->forest.contributions(rows.row(i));
    explained.push_back(ms_since(begun));
    if (reasons.empty()) return 1;
  }
  std::size_t different = 0;
  for (std::size_t i = 0; i < margins.size(); ++i)
    different += std::memcmp(&margins[i], &expected[i], sizeof(float)) != 0 ? 1 : 0;
  fmt::print(R"({{"rows":{},"different":{},"oursUs":{},"xgboostUs":{},"explainedMs":{}}})"
             "\n",
             margins.size(), different, quantiles_json(ours), quantiles_json(theirs), quantiles_json(explained));
  return 0;
}

}  // namespace handrail::bench
