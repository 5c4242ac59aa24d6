// SPDX-License-Identifier: Apache-2.0
#include "gateway/model_views.h"

#include <boost/json.hpp>

namespace handrail::gateway {

namespace json = boost::json;

json::array points_view(const std::vector<core::ScorePoint>& points) {
  json::array out;
  for (const core::ScorePoint& point : points) {
    out.push_back(json::object{{"probability", static_cast<double>(point.probability) / core::kProbabilityOne},
                               {"score", point.score}});
  }
  return out;
}

json::object move_view(const core::ModelMove& move) {
  json::object out{{"version", move.version},
                   {"stage", json::string(core::name_of(move.stage))},
                   {"effectiveAt", move.effective_at},
                   {"author", move.author},
                   {"note", move.note}};
  if (move.stage == core::ModelStage::kCanary) out["percent"] = move.percent;
  if (!move.score_points.empty()) out["scorePoints"] = points_view(move.score_points);
  return out;
}

// What a map would come to, by the validation's journeys.
json::object offers_view(const core::ExitModel& model, const std::vector<core::ScorePoint>& points, int bar) {
  const auto share = core::share_reaching(model.peaks(), points, bar);
  if (!share) return {{"share", nullptr}, {"journeysADay", model.journeys_a_day()}, {"offersADay", nullptr}};
  return {{"share", static_cast<double>(*share) / 1000.0},
          {"journeysADay", model.journeys_a_day()},
          {"offersADay", static_cast<double>(model.journeys_a_day()) * *share / 1000.0}};
}

json::object model_view(const core::ModelsBook& book, std::string_view site, const core::ModelsBook::Version& version,
                        UnixMillis now, int bar) {
  const core::ModelVersion& about = version.about();
  json::object out{{"version", about.version},
                   {"name", about.name},
                   {"hash", about.hash},
                   {"bytes", about.bytes},
                   {"trainedAt", about.trained_at},
                   {"author", about.author},
                   {"registeredAt", version.entry.record.received_at / 1000}};
  const auto move = book.move_of(site, about.version, now);
  out["stage"] = json::string(core::name_of(move ? move->stage : core::ModelStage::kCandidate));
  out["since"] = move ? json::value(move->effective_at) : json::value(nullptr);
  if (move && move->stage == core::ModelStage::kCanary) out["percent"] = move->percent;
  const auto coming = book.move_of(site, about.version, INT64_MAX);
  if (coming && coming->effective_at > now) out["coming"] = move_view(*coming);
  if (version.model == nullptr) {
    out["fault"] = version.fault;
    return out;
  }
  const auto& points = move && !move->score_points.empty() ? move->score_points : version.model->score_points();
  out["scorePoints"] = points_view(points);
  out["offers"] = offers_view(*version.model, points, bar);
  out["features"] = version.model->columns().size();
  return out;
}

namespace {

json::value or_null(const std::optional<double>& value) { return value ? json::value(*value) : json::value(nullptr); }

}  // namespace

json::object health_view(const ModelHealth& h) {
  json::array drifting;
  for (const auto& column : h.drifting) {
    drifting.push_back(json::object{{"feature", column.column},
                                    {"stabilityIndex", column.index},
                                    {"missing", column.missing},
                                    {"beyondTraining", column.beyond}});
  }
  json::array reliability;
  for (const auto& bin : h.reliability) {
    reliability.push_back(
        json::object{{"predicted", bin.predicted}, {"observed", bin.observed}, {"journeys", bin.journeys}});
  }
  json::array alarms;
  for (const std::string& alarm : h.alarms) alarms.push_back(json::string(alarm));
  return {{"scored", h.scored},
          {"labels", json::object{{"known", h.outcomes},
                                  {"unlabelled", h.unlabelled},
                                  {"waitedFor", h.waiting},
                                  {"delaySeconds", h.label_delay_s},
                                  {"judged", h.judged}}},
          {"auc", or_null(h.auc)},
          {"calibrationError", or_null(h.ece)},
          {"logLoss", or_null(h.log_loss)},
          {"baseRate", or_null(h.base_rate)},
          {"reliability", std::move(reliability)},
          {"offerShare", or_null(h.offer_share)},
          {"scoreStabilityIndex", h.windows == 0 ? json::value(nullptr) : json::value(h.score_drift)},
          {"drifting", std::move(drifting)},
          {"alarms", std::move(alarms)}};
}

}  // namespace handrail::gateway
