// SPDX-License-Identifier: Apache-2.0
#include "engine/retrainer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/control/model_moves.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr double kConfidence = 1.96;              // standard errors
constexpr Millis kMoveAgainAfter = 30 * kSecond;  // an entry that was lost on its way

std::string words_of(const ModelTrial& trial) {
  return fmt::format("log loss less by {:.4f} (± {:.4f}) over {} later journeys", trial.gain, kConfidence * trial.error,
                     trial.journeys);
}

}  // namespace

Retrainer::Retrainer(Ports ports, const ModelWatch& watch, core::Policy policy, RetrainerOptions options,
                     telemetry::Metrics& metrics)
    : ports_(ports),
      watch_(watch),
      policy_(policy),
      options_(options),
      trainings_(metrics.counter("handrail_model_retrainings_total",
                                 "Trainings begun because a live model drifted, grew old or much became known")),
      promotions_(metrics.counter("handrail_model_promotions_total",
                                  "Retrained models that went live because they were better on later journeys")),
      retirements_(metrics.counter("handrail_model_retirements_total",
                                   "Retrained models that retired because they were not better")) {}

void Retrainer::start() {
  if (options_.reach != RetrainerOptions::Reach::kNever) rounds_.start("retrain", options_.every, [this] { look(); });
}

void Retrainer::look() {
  const UnixMillis now = ports_.clock.now() / 1000;
  const auto all = watch_.with_control([&](const core::ControlState& control) { return standings(control, now); });
  for (const Standing& standing : all) tend(standing, now);
}

std::vector<Retrainer::Standing> Retrainer::standings(const core::ControlState& control, UnixMillis now) const {
  std::vector<Standing> all;
  for (const std::string& site : control.models().sites()) {
    if (auto standing = standing_of(control, site, now)) all.push_back(std::move(*standing));
  }
  return all;
}

std::optional<Retrainer::Standing> Retrainer::standing_of(const core::ControlState& control, const std::string& site,
                                                          UnixMillis now) const {
  const core::ModelsBook& book = control.models();
  const auto& models = book.at(site, now).models;
  const auto live = std::ranges::find(models, core::ModelStage::kLive, &core::ServingModel::stage);
  if (live == models.end()) return std::nullopt;
  Standing standing{site, live->version, 0, live->model->features().recipe(), {}, 0};
  for (const auto* version : book.versions(site)) {
    const core::ModelVersion& about = version->about();
    if (about.version == live->version) standing.live_trained_at = about.trained_at;
    if (about.author != kAuthor) continue;
    standing.trained_last_at = std::max(standing.trained_last_at, about.trained_at);
    const auto word = book.move_of(site, about.version, INT64_MAX);
    const auto stage = word ? word->stage : core::ModelStage::kCandidate;
    const bool is_on_trial = stage == core::ModelStage::kCandidate || stage == core::ModelStage::kShadow;
    if (!is_on_trial || version->model == nullptr || about.version < live->version) continue;
    const auto published = control.rules().at(site, now);
    const core::Policy& policy = published ? published->rules.policy : policy_;
    const auto& points = version->model->score_points();
    core::ModelMove promotion;
    promotion.version = about.version;
    promotion.stage = core::ModelStage::kLive;
    promotion.score_points = points;
    promotion.author = kAuthor;
    standing.challenger = {about.version, stage, word ? word->effective_at : about.trained_at, std::move(promotion),
                           core::beyond_budget(*version->model, points, policy)};
  }
  return standing;
}

void Retrainer::tend(const Standing& standing, UnixMillis now) {
  if (standing.challenger) return judge(standing, now);
  if (const std::string why = reason_to_train(standing, now); !why.empty()) train(standing, now, why);
}

void Retrainer::judge(const Standing& standing, UnixMillis now) {
  const auto& challenger = *standing.challenger;
  if (challenger.stage == core::ModelStage::kCandidate)
    return move(standing, core::ModelStage::kShadow, now, "on trial beside the live model");
  const ModelTrial trial = watch_.trial(standing.site, standing.live, challenger.version);
  const bool is_known = trial.journeys >= options_.trial_journeys_min;
  if (is_known && trial.gain + kConfidence * trial.error < 0)
    return move(standing, core::ModelStage::kRetired, now, "worse than the live model: " + words_of(trial));
  if (is_known && trial.gain - kConfidence * trial.error > 0) return promote(standing, now, words_of(trial));
  if (now - challenger.since > options_.trial_longest)
    move(standing, core::ModelStage::kRetired, now, "not clearly better in time: " + words_of(trial));
}

void Retrainer::promote(const Standing& standing, UnixMillis now, const std::string& note) {
  const auto& challenger = *standing.challenger;
  if (challenger.beyond_budget)
    return move(standing, core::ModelStage::kRetired, now,
                fmt::format("better, but would bring offers to {} of 1000 journeys, more than the site's budget",
                            *challenger.beyond_budget));
  if (options_.reach == RetrainerOptions::Reach::kPromote) return move(standing, core::ModelStage::kLive, now, note);
  if (!proposed_.insert({standing.site, challenger.version}).second) return;
  const std::string words = fmt::format("version {} is better than the live one: {}", challenger.version, note);
  telemetry::log_info("site " + standing.site + ": model " + words);
  append(standing.site, core::Act{kAuthor, {}, "model.proposed", standing.site, words});
}

void Retrainer::move(const Standing& standing, core::ModelStage stage, UnixMillis now, const std::string& note) {
  core::ModelMove wish = standing.challenger->promotion;
  auto& asked = asked_[{standing.site, wish.version}];
  if (asked.stage == stage && now - asked.at < kMoveAgainAfter) return;
  asked = {stage, now};
  wish.stage = stage;
  wish.effective_at = now + core::ControlState::kLeadTime;
  wish.note = note;
  if (stage == core::ModelStage::kRetired) wish.score_points.clear();
  if (stage == core::ModelStage::kLive) promotions_.add();
  if (stage == core::ModelStage::kRetired) retirements_.add();
  const auto moves = watch_.with_control(
      [&](const core::ControlState& control) { return core::moves_to(control.models(), standing.site, wish); });
  for (const core::ModelMove& each : moves) append(standing.site, each);
  const std::string words = fmt::format("version {}: {}", wish.version, note);
  telemetry::log_info(
      fmt::format("site {}: model {} to {}, {}", standing.site, wish.version, core::name_of(stage), note));
  append(standing.site, core::Act{kAuthor, {}, "model." + std::string(core::name_of(stage)), standing.site, words});
}

std::string Retrainer::reason_to_train(const Standing& standing, UnixMillis now) const {
  const auto tried = tried_at_.find(standing.site);
  const UnixMillis last = std::max(standing.trained_last_at, tried == tried_at_.end() ? 0 : tried->second);
  if (now - last < options_.pause) return {};
  const ModelHealth health = watch_.health({standing.site, standing.live});
  if (!health.alarms.empty()) return "the live model: " + health.alarms.front();
  const Millis age = now - standing.live_trained_at;
  if (options_.age_max > 0 && age > options_.age_max) return fmt::format("the live model is {} days old", age / kDay);
  if (options_.outcomes_max > 0 && health.outcomes >= options_.outcomes_max)
    return fmt::format("{} outcomes became known", health.outcomes);
  return {};
}

void Retrainer::train(const Standing& standing, UnixMillis now, const std::string& why) {
  TrainingOrder order;
  order.site = standing.site;
  order.actor = kAuthor;
  order.name = "retrained";
  order.seed = static_cast<std::uint64_t>(now / kDay);
  for (const core::Property& property : standing.recipe.properties)
    (property.kind == core::PropertyKind::kNumber ? order.numbers : order.categories).push_back(property.path);
  if (const auto begun = ports_.trainer.begin(std::move(order)); !begun) return;  // another runs: at the next look
  tried_at_[standing.site] = now;
  trainings_.add();
  telemetry::log_info("site " + standing.site + ": trains anew, because " + why);
  append(standing.site, core::Act{kAuthor, {}, "model.retraining", standing.site, why});
}

void Retrainer::append(const std::string& site, core::RecordBody body) {
  ports_.log.append({{site, {}, ports_.clock.now(), 0, std::move(body)}}, [](const Result<Receipt>&) {});
}

}  // namespace handrail
