// SPDX-License-Identifier: Apache-2.0
#include "training/assembly.h"

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/xgboost/model_document.h"
#include "core/control/models.h"
#include "training/report_json.h"

namespace handrail::training {
namespace {

namespace json = boost::json;

constexpr std::size_t kBaselineRows = 20'000;  // sampled evenly from all

json::object json_of(const ExtractionCounts& c) {
  return {{"records", c.records},   {"journeys", c.journeys},
          {"goals", c.goals},       {"exits", c.exits},
          {"censored", c.censored}, {"helped", c.helped},
          {"weighted", c.weighted}, {"refused", c.refused},
          {"bots", c.bots},         {"withoutRows", c.without_rows},
          {"from", c.from},         {"to", c.to}};
}

// Of a table of rows alone: what was left out of it is not in it.
json::object labels_of_rows(const ExtractionCounts& c) {
  return {{"journeys", c.journeys}, {"goals", c.goals}, {"exits", c.exits},
          {"weighted", c.weighted}, {"from", c.from},   {"to", c.to}};
}

std::string card_of(const Extracted& extracted, const Trained& trained) {
  const bool is_imported = trained.summary.is_imported;
  json::object card{{"labels", is_imported ? labels_of_rows(extracted.counts) : json_of(extracted.counts)},
                    {"training", json_of(trained.summary)},
                    {"test", json_of(trained.report)},
                    {"validation", json_of(trained.validation)}};
  std::string text = json::serialize(card);
  if (text.size() > core::ModelVersion::kCardBytesMax) {  // what grows is listed elsewhere, too
    card.erase("validation");
    text = json::serialize(card);
  }
  return text;
}

std::uint64_t journeys_a_day(const ExtractionCounts& counts) {
  const Millis span = std::max<Millis>(counts.to - counts.from, kDay);
  return static_cast<std::uint64_t>(static_cast<double>(counts.journeys) * static_cast<double>(kDay) /
                                    static_cast<double>(span));
}

core::FeatureRow row_of(const TrainingSet& set, std::size_t row) {
  const float* numbers = set.numbers_of(row);
  const std::uint64_t* categories = set.categories_of(row);
  return {{numbers, numbers + set.number_names.size()}, {categories, categories + set.category_names.size()}};
}

std::vector<core::Baseline> baselines_of(const core::ExitModel& model, const TrainingSet& set) {
  std::vector<std::vector<float>> columns(model.columns().size() + 1);
  const std::size_t step = std::max<std::size_t>(1, set.size() / kBaselineRows);
  std::vector<float> filled;
  for (std::size_t i = 0; i < set.size(); i += step) {
    const core::FeatureRow row = row_of(set, i);
    model.fill(row, filled);
    for (std::size_t c = 0; c < filled.size(); ++c) columns[c].push_back(filled[c]);
    columns.back().push_back(model.judge(row).margin);
  }
  std::vector<core::Baseline> baselines;
  for (auto& column : columns) baselines.push_back(core::baseline_of(std::move(column)));
  return baselines;
}

}  // namespace

Result<core::ExitParts> assemble(const std::string& name, const Extracted& extracted, const Trained& trained) {
  auto booster = xgboost::model_in(trained.booster);
  if (!booster) return pass_on(booster);
  core::ExitParts parts;
  parts.name = name;
  parts.trained_at = extracted.counts.to;  // of the newest row: the clock would make other bytes each time
  parts.card = card_of(extracted, trained);
  parts.recipe = extracted.recipe;
  parts.columns = trained.columns;
  parts.encodings = trained.encodings;
  parts.trees = std::move(booster->trees);
  parts.base_margin = booster->base_margin;
  parts.calibration = trained.calibration;
  parts.score_points = trained.score_points;
  parts.peaks = trained.peaks;
  parts.journeys_a_day = journeys_a_day(extracted.counts);
  auto model = core::ExitModel::of(parts);
  if (!model) return pass_on(model);
  parts.baselines = baselines_of(**model, extracted.set);
  return parts;
}

}  // namespace handrail::training
