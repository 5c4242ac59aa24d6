// SPDX-License-Identifier: Apache-2.0
#include "core/risk/exit_artefact.h"

#include <algorithm>
#include <cmath>

#include "base/archive.h"
#include "base/packed.h"

namespace handrail::core {

template <class A>
void fields(A& a, TreeNode& n) {
  a(n.left, n.right, n.feature, n.missing_left);
  bits(a, n.value);
  bits(a, n.cover);
}

struct EncodedValue {
  std::uint64_t category = 0;
  float value = 0;
};
template <class A>
void fields(A& a, EncodedValue& v) {
  a(v.category);
  bits(a, v.value);
}

template <class A>
void fields(A& a, CategoryEncoding& e) {
  a(e.column);
  bits(a, e.unseen);
  std::vector<EncodedValue> values;
  values.reserve(e.values.size());
  for (const auto& [category, value] : e.values) values.push_back({category, value});
  a(values);
  if constexpr (A::kReading) {
    e.values.clear();
    for (const EncodedValue& v : values) e.values.emplace_back(v.category, v.value);
  }
}

template <class A>
void fields(A& a, MarginStep& s) {
  bits(a, s.margin);
  a(s.probability);
}

template <class A>
void fields(A& a, ExitParts& p) {
  std::uint64_t schema = schema_hash(p.recipe);
  a(p.name, p.trained_at, p.card, p.recipe, schema, p.columns, p.encodings, p.trees);
  bits(a, p.base_margin);
  a(p.calibration, p.score_points, p.peaks, p.journeys_a_day, p.baselines);
  if constexpr (A::kReading) {
    if (a.ok() && p.recipe.version == FeatureRecipe::kVersion && schema != schema_hash(p.recipe)) a.fail();
  }
}

namespace {

constexpr std::string_view kMagic = "HANDRAIL-EXIT-MODEL\n";
constexpr std::uint8_t kArtefactFormat = 1;
constexpr std::size_t kChecksumBytes = 16;

Error wrong(const std::string& what, const std::string& field) { return {ErrorCode::kInvalidArgument, what, field}; }

Result<void> check_calibration(const std::vector<MarginStep>& steps) {
  if (steps.empty()) return tl::unexpected(wrong("a model has a calibration of one step at least", "calibration"));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (std::isnan(steps[i].margin) || steps[i].probability > kProbabilityOne)
      return tl::unexpected(wrong("a step of the calibration is no probability", "calibration"));
    if (i > 0 && (steps[i].margin <= steps[i - 1].margin || steps[i].probability < steps[i - 1].probability))
      return tl::unexpected(wrong("the calibration's steps do not rise", "calibration"));
  }
  return {};
}

Result<void> check_baselines(const ExitParts& parts) {
  if (parts.baselines.empty()) return {};
  if (parts.baselines.size() != parts.columns.size() + 1)
    return tl::unexpected(wrong("there is a baseline for each column and one for the margin, or none", "baselines"));
  for (const Baseline& baseline : parts.baselines) {
    if (baseline.counts.size() != baseline.edges.size() + 2 || !std::ranges::is_sorted(baseline.edges))
      return tl::unexpected(wrong("a baseline's bins do not fit its counts", "baselines"));
  }
  return {};
}

}  // namespace

Result<void> check_score_points(std::span<const ScorePoint> points) {
  if (points.size() < 2 || points.size() > kScorePointsMax)
    return tl::unexpected(wrong("a score map has 2 to " + std::to_string(kScorePointsMax) + " corners", "scorePoints"));
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].probability > kProbabilityOne || points[i].score < 0 || points[i].score > 100)
      return tl::unexpected(wrong("a corner of the score map lies outside 0-1 or 0-100", "scorePoints"));
    if (i > 0 && (points[i].probability <= points[i - 1].probability || points[i].score < points[i - 1].score))
      return tl::unexpected(wrong("the score map's corners do not rise", "scorePoints"));
  }
  return {};
}

std::optional<int> share_reaching(std::span<const std::uint32_t> peaks, std::span<const ScorePoint> points, int bar) {
  if (peaks.empty()) return std::nullopt;
  const auto below = std::ranges::count_if(peaks, [&](std::uint32_t peak) { return score_of(points, peak) < bar; });
  return static_cast<int>(1000 - below * 1000 / static_cast<std::int64_t>(peaks.size()));
}

std::string encode(const ExitParts& parts) {
  std::string out(kMagic);
  out.push_back(static_cast<char>(kArtefactFormat));
  out += packed_bytes(archived(parts));
  return out + std::string(id_of({out}).bytes());
}

Result<ExitParts> decode_exit_parts(std::string_view bytes) {
  if (!bytes.starts_with(kMagic))
    return fail(ErrorCode::kInvalidArgument,
                "this is no model of Handrail's; `handrail models import` reads xgboost's");
  if (bytes.size() < kMagic.size() + 1 + kChecksumBytes || bytes.size() > kArtefactBytesMax)
    return fail(ErrorCode::kCorrupt,
                "the model is cut off, or larger than " + std::to_string(kArtefactBytesMax) + " bytes");
  const auto format = static_cast<std::uint8_t>(bytes[kMagic.size()]);
  if (format != kArtefactFormat)
    return fail(ErrorCode::kInvalidArgument, "model format " + std::to_string(format) +
                                                 " is not known to this program (it reads " +
                                                 std::to_string(kArtefactFormat) + ")");
  const std::string_view covered = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (std::string(id_of({covered}).bytes()) != bytes.substr(covered.size()))
    return fail(ErrorCode::kCorrupt, "the model's checksum does not hold");
  const auto unpacked = unpacked_bytes(covered.substr(kMagic.size() + 1), kArtefactUnpackedMax);
  auto parts = unpacked ? unarchived<ExitParts>(*unpacked) : std::nullopt;
  if (!parts) return fail(ErrorCode::kCorrupt, "the model's bytes are damaged");
  return std::move(*parts);
}

ExitModel::ExitModel(const ExitParts& parts, Forest forest)
    : maker_(parts.recipe),
      columns_(parts.columns),
      encodings_(parts.encodings),
      forest_(std::move(forest)),
      calibration_(parts.calibration),
      score_points_(parts.score_points),
      peaks_(parts.peaks),
      journeys_a_day_(parts.journeys_a_day),
      baselines_(parts.baselines) {}

Result<std::shared_ptr<const ExitModel>> ExitModel::of(const ExitParts& parts) {
  if (parts.recipe.version != FeatureRecipe::kVersion)
    return fail(ErrorCode::kInvalidArgument,
                "the model's features are of version " + std::to_string(parts.recipe.version) +
                    ", this program makes version " + std::to_string(FeatureRecipe::kVersion) + ": train it again",
                "recipe");
  if (parts.recipe.properties.size() > Trail::kPropertiesMax || parts.recipe.types.size() > FeatureRecipe::kTypesMax)
    return tl::unexpected(wrong("the model's recipe has too many properties or types", "recipe"));
  auto forest = Forest::of(parts.trees, parts.base_margin, parts.columns.size());
  if (!forest) return pass_on(forest);
  if (auto good = check_calibration(parts.calibration); !good) return pass_on(good);
  if (auto good = check_score_points(parts.score_points); !good) return pass_on(good);
  if (auto good = check_baselines(parts); !good) return pass_on(good);
  const std::shared_ptr<ExitModel> model(new ExitModel(parts, std::move(*forest)));
  if (auto connected = model->connect(); !connected) return pass_on(connected);
  return std::shared_ptr<const ExitModel>(model);
}

Result<void> ExitModel::connect() {
  const auto numbers = number_names(maker_.recipe());
  const auto categories = category_names(maker_.recipe());
  for (const std::string& column : columns_) {
    const auto number = std::ranges::find(numbers, column);
    if (number != numbers.end()) {
      sources_.push_back({static_cast<std::size_t>(number - numbers.begin()), Source::kNone});
      continue;
    }
    const auto encoding = std::ranges::find(encodings_, column, &CategoryEncoding::column);
    const auto category = std::ranges::find(categories, column);
    if (encoding == encodings_.end() || category == categories.end())
      return tl::unexpected(wrong("no feature is called \"" + column + "\"", "columns"));
    if (!std::ranges::is_sorted(encoding->values, {}, [](const auto& v) { return v.first; }))
      return tl::unexpected(wrong("the values of \"" + column + "\" are not in order", "encodings"));
    sources_.push_back({static_cast<std::size_t>(category - categories.begin()),
                        static_cast<std::size_t>(encoding - encodings_.begin())});
  }
  return {};
}

void ExitModel::fill(const FeatureRow& row, std::vector<float>& columns) const {
  columns.resize(sources_.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    columns[i] = source.encoding == Source::kNone ? row.numbers[source.index]
                                                  : encodings_[source.encoding].of(row.categories[source.index]);
  }
}

ExitModel::Verdict ExitModel::judge(const FeatureRow& row) const {
  static thread_local std::vector<float> columns;
  fill(row, columns);
  const float margin = forest_.margin(columns);
  return {margin, probability_at(calibration_, margin)};
}

std::optional<std::uint32_t> ExitModel::calibrated(double objective) const {
  if (!(objective >= 0 && objective <= 1)) return std::nullopt;
  return probability_at(calibration_, static_cast<float>(std::log(objective / (1 - objective))));
}

std::vector<Reason> ExitModel::reasons(const FeatureRow& row, std::size_t count) const {
  std::vector<float> columns;
  fill(row, columns);
  const std::vector<double> added = forest_.contributions(columns);
  std::vector<Reason> all;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto millis = static_cast<std::int64_t>(std::llround(added[i] * 1000.0));
    if (millis != 0) all.push_back({columns_[i], millis});
  }
  std::ranges::stable_sort(all, std::greater<>(), [](const Reason& r) { return std::abs(r.millis); });
  all.resize(std::min(all.size(), count));
  return all;
}

}  // namespace handrail::core
