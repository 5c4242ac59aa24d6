// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/risk/baseline.h"
#include "core/risk/exit_model.h"
#include "core/risk/features.h"

namespace handrail::core {

// A trained model as it is stored and travels: all that scores a journey, and what it is to be put to use with.
struct ExitParts {
  static constexpr std::size_t kPeaks = 201;

  std::string name;
  UnixMillis trained_at = 0;
  std::string card;  // what training measured, as JSON; at most ModelVersion::kCardBytesMax
  FeatureRecipe recipe;
  std::vector<std::string> columns;  // of the forest's features: names of numbers, and of categories that are encoded
  std::vector<CategoryEncoding> encodings;
  std::vector<Tree> trees;
  float base_margin = 0;
  std::vector<MarginStep> calibration;   // margin -> exit probability
  std::vector<ScorePoint> score_points;  // exit probability -> model score, as the validation's offers wanted it
  // The highest exit probability of each validation journey, as quantiles in steps of 0.5 %: ascending, kPeaks of them;
  // empty where nobody measured them. How many journeys a map would offer help to follows from it.
  std::vector<std::uint32_t> peaks;
  std::uint64_t journeys_a_day = 0;  // of the time that the training set spans
  std::vector<Baseline> baselines;   // of each column, and last of the margin; empty: nobody measured them
};
// The share of journeys whose score would reach `bar` at least once, in 1/1000; by peaks. Nothing: nobody measured
// them.
std::optional<int> share_reaching(std::span<const std::uint32_t> peaks, std::span<const ScorePoint> points, int bar);

inline constexpr std::size_t kArtefactBytesMax = 2 << 20;  // as stored: it travels in the control log
inline constexpr std::size_t kArtefactUnpackedMax = 64 << 20;

// Format 1: magic, version, packed archive, checksum. The same parts give the same bytes.
std::string encode(const ExitParts& parts);
// kCorrupt or kInvalidArgument says what is wrong; any bytes may come.
Result<ExitParts> decode_exit_parts(std::string_view bytes);

// What a feature adds to a verdict, in log odds: above 0 towards leaving.
struct Reason {
  std::string feature;
  std::int64_t millis = 0;  // log odds / 1000
};
template <class A>
void fields(A& a, Reason& r) {
  a(r.feature, r.millis);
}

// Scores journeys. Immutable; any number of threads may ask it.
class ExitModel {
 public:
  static constexpr std::size_t kReasonsMax = 5;

  // kInvalidArgument names what does not fit: a column that the recipe does not make, an encoding twice or of no
  // category, steps that do not rise, a version of features that this program does not make.
  static Result<std::shared_ptr<const ExitModel>> of(const ExitParts& parts);

  struct Verdict {
    float margin = 0;
    std::uint32_t probability = 0;  // 1/65536
  };
  const FeatureMaker& features() const { return maker_; }
  Verdict judge(const FeatureRow& row) const;
  // What its calibration makes of another's word for the same row, by the same objective (binary:logistic): in 1/65536.
  // Nothing where that is no probability (0..1).
  std::optional<std::uint32_t> calibrated(double objective) const;
  // The strongest first: TreeSHAP. Milliseconds: for alerts and people.
  std::vector<Reason> reasons(const FeatureRow& row, std::size_t count = kReasonsMax) const;
  const std::vector<ScorePoint>& score_points() const { return score_points_; }
  const std::vector<std::uint32_t>& peaks() const { return peaks_; }
  std::uint64_t journeys_a_day() const { return journeys_a_day_; }
  const std::vector<Baseline>& baselines() const { return baselines_; }
  const std::vector<std::string>& columns() const { return columns_; }
  // What the forest sees of a row.
  void fill(const FeatureRow& row, std::vector<float>& columns) const;

 private:
  struct Source {
    std::size_t index = 0;
    std::size_t encoding = kNone;  // kNone: a number
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  };
  explicit ExitModel(const ExitParts& parts, Forest forest);
  Result<void> connect();

  FeatureMaker maker_;
  std::vector<std::string> columns_;
  std::vector<CategoryEncoding> encodings_;
  std::vector<Source> sources_;
  Forest forest_;
  std::vector<MarginStep> calibration_;
  std::vector<ScorePoint> score_points_;
  std::vector<std::uint32_t> peaks_;
  std::uint64_t journeys_a_day_ = 0;
  std::vector<Baseline> baselines_;
};

}  // namespace handrail::core
