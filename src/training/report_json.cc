// SPDX-License-Identifier: Apache-2.0
#include "training/report_json.h"

#include <boost/json.hpp>
#include <cmath>

#include "base/utc.h"

namespace handrail::training {
namespace {

namespace json = boost::json;

json::value number(double value) { return std::isfinite(value) ? json::value(value) : json::value(nullptr); }
std::string time_of(UnixMillis at) { return utc(at, "%Y-%m-%dT%H:%M:%SZ"); }

json::value figure(const Figure& f) {
  return {{"value", number(f.value)}, {"low", number(f.low)}, {"high", number(f.high)}};
}

template <class Items, class Of>
json::array array_of(const Items& items, const Of& of) {
  json::array out;
  for (const auto& item : items) out.push_back(of(item));
  return out;
}

json::value json_of(const ReliabilityBin& bin) {
  return {{"rows", bin.rows}, {"predicted", number(bin.predicted)}, {"observed", number(bin.observed)}};
}

json::value json_of(const PrefixGroup& group) {
  return {{"from", group.from},
          {"to", group.to == 0 ? json::value(nullptr) : json::value(group.to)},
          {"rows", group.rows},
          {"journeys", group.journeys},
          {"baseRate", number(group.base_rate)},
          {"auc", number(group.auc)},
          {"accuracy", number(group.accuracy)},
          {"logLoss", number(group.log_loss)},
          {"ece", number(group.ece)}};
}

json::value json_of(const CoveragePoint& point) {
  return {{"confidence", point.confidence}, {"coverage", number(point.coverage)}, {"accuracy", number(point.accuracy)}};
}

json::value alert_of(const Report& report) {
  return {{"rate", report.alert_rate},
          {"probability", number(report.alert_probability)},
          {"share", number(report.alert_share)},
          {"precision", figure(report.alert_precision)},
          {"recall", number(report.alert_recall)},
          {"journeysRecall", number(report.alert_journeys_recall)},
          {"leadEvents", number(report.alert_lead_events)}};
}

json::value json_of(const PartSummary& part) {
  return {{"rows", part.rows},
          {"journeysExit", part.journeys_exit},
          {"journeysOther", part.journeys_other},
          {"firstAt", time_of(part.first_at)},
          {"lastAt", time_of(part.last_at)},
          {"baseRate", number(part.base_rate)}};
}

json::value json_of(const DroppedColumn& column) {
  return {{"name", column.name},
          {"why", column.why == DroppedColumn::Why::kConstant ? "constant"
                  : column.why == DroppedColumn::Why::kSame   ? "same"
                                                              : "elsewhere later"},
          {"sameAs", column.same_as.empty() ? json::value(nullptr) : json::value(column.same_as)}};
}

json::value json_of(const Settings& s) {
  return {{"max_depth", s.max_depth},
          {"eta", s.eta},
          {"min_child_weight", s.min_child_weight},
          {"subsample", s.subsample},
          {"colsample_bynode", s.colsample_bynode},
          {"lambda", s.lambda}};
}

// What training elsewhere leaves to be known.
json::value json_of_imported(const TrainingSummary& summary) {
  return {{"imported", true},
          {"fit", json_of(summary.fit)},
          {"validation", json_of(summary.validation)},
          {"test", json_of(summary.test)},
          {"rowsDropped", summary.rows_dropped},
          {"validationFrom", time_of(summary.validation_from)},
          {"testFrom", time_of(summary.test_from)},
          {"trees", summary.trees},
          {"calibration", summary.calibration},
          {"recentShift", number(summary.recent_shift)},
          {"xgboostVersion", summary.xgboost_version}};
}

json::value json_of(const Trial& trial) {
  return {{"settings", json_of(trial.settings)}, {"trees", trial.rounds}, {"logLoss", number(trial.log_loss)}};
}

}  // namespace

json::value json_of(const Report& report) {
  const auto of = [](const auto& item) { return json_of(item); };
  return {{"rows", report.rows},
          {"journeys", report.journeys},
          {"journeysExit", report.journeys_exit},
          {"visitors", report.visitors},
          {"firstAt", time_of(report.first_at)},
          {"lastAt", time_of(report.last_at)},
          {"baseRate", number(report.base_rate)},
          {"meanProbability", number(report.mean_probability)},
          {"auc", figure(report.auc)},
          {"averagePrecision", figure(report.average_precision)},
          {"logLoss", figure(report.log_loss)},
          {"brier", figure(report.brier)},
          {"brierSkill", figure(report.brier_skill)},
          {"ece", figure(report.ece)},
          {"prefixWeightedAuc", number(report.prefix_weighted_auc)},
          {"accuracy", number(report.accuracy)},
          {"balancedAccuracy", number(report.balanced_accuracy)},
          {"majorityAccuracy", number(report.majority_accuracy)},
          {"alert", alert_of(report)},
          {"reliability", array_of(report.reliability, of)},
          {"prefixes", array_of(report.prefixes, of)},
          {"coverage", array_of(report.coverage, of)}};
}

json::value json_of(const TrainingSummary& summary) {
  const auto of = [](const auto& item) { return json_of(item); };
  if (summary.is_imported) return json_of_imported(summary);
  return {{"seed", summary.seed},
          {"fit", json_of(summary.fit)},
          {"validation", json_of(summary.validation)},
          {"test", json_of(summary.test)},
          {"rowsDropped", summary.rows_dropped},
          {"validationFrom", time_of(summary.validation_from)},
          {"testFrom", time_of(summary.test_from)},
          {"columnsDropped", array_of(summary.columns_dropped, of)},
          {"settings", json_of(summary.settings)},
          {"trials", array_of(summary.trials, of)},
          {"trees", summary.trees},
          {"calibration", summary.calibration},
          {"recentShift", number(summary.recent_shift)},
          {"xgboostVersion", summary.xgboost_version}};
}

}  // namespace handrail::training
