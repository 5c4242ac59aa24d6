// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/fold/folding.h"
#include "core/risk/struggle.h"

// What the site's models say of the journey.
namespace handrail::core {
namespace {

FeatureRow& scratch_row() {
  static thread_local FeatureRow row;  // reused, so that a score allocates nothing
  return row;
}

}  // namespace

void Folding::begin_trail() {
  const auto* watched = context_.watch == nullptr ? nullptr : context_.watch->wanted();
  if (watched == nullptr && roster_->is_empty()) return;
  visitor_.journey.trail.emplace().begin(watched != nullptr ? *watched : roster_->wanted);
}

void Folding::follow(const Event& event) {
  if (!visitor_.journey.trail) return;
  const auto* watched = context_.watch == nullptr ? nullptr : context_.watch->wanted();
  visitor_.journey.trail->absorb(event, watched != nullptr ? *watched : roster_->wanted, rules_->goals);
}

const ServingModel* Folding::serving() {
  if (!serving_) serving_ = roster_->is_empty() ? nullptr : roster_->serving(visitor_.site, visitor_.id);
  return *serving_;
}

const ExitRisk* Folding::model_word() {
  const Journey& journey = visitor_.journey;
  if ((journey.exit_risks.empty() && !journey.predicted) || serving() == nullptr) return nullptr;
  const std::uint64_t version = serving()->version;
  if (const ExitRisk* predicted = journey.prediction_for(version, now())) return predicted;
  const auto served = std::ranges::find(journey.exit_risks, version, &ExitRisk::model);
  return served == journey.exit_risks.end() ? nullptr : &*served;
}

int Folding::model_score() {
  const ExitRisk* said = model_word();
  return said == nullptr ? 0 : said->score;
}

bool Folding::is_news(const Prediction& prediction) {
  const Journey& journey = visitor_.journey;
  if (!journey.has_begun() || journey.id != prediction.journey || journey.is_over(now()) || journey.outcome)
    return false;
  const Millis age = now() - prediction.asked_at;
  if (age < 0 || age > Journey::kPredictionHolds || prediction.probability > kProbabilityOne) return false;
  if (prediction.events <= journey.predicted_events || prediction.events > journey.events) return false;
  return serving() != nullptr && serving()->version == prediction.model;
}

void Folding::take(const Prediction& prediction) {
  if (!is_news(prediction)) return;
  const int score = score_of(serving()->score_points, prediction.probability);
  visitor_.journey.predicted = {prediction.asked_at, prediction.model, prediction.probability, score, true};
  visitor_.journey.predicted_events = prediction.events;
  const int risk_now = risk_of(struggle_now());
  visitor_.journey.highest_risk = std::max(visitor_.journey.highest_risk, risk_now);
  const std::string cause =
      "prediction:" + std::to_string(prediction.asked_at) + "." + std::to_string(prediction.events);
  qualify(cause, now() - prediction.asked_at, risk_now);
}

void Folding::ask_models(const Event& event) {
  Journey& journey = visitor_.journey;
  if (!journey.trail || !is_assessed(kind_of(event.fact))) return;
  if (journey.outcome) {  // it came to its goal
    journey.predicted.reset();
    return journey.exit_risks.clear();
  }
  if (context_.watch != nullptr) context_.watch->on_assessed(visitor_, event, *weights_, struggle_now());
  if (roster_->is_empty()) return journey.exit_risks.clear();
  std::vector<ExitRisk> said;
  for (const ServingModel& one : roster_->models) {
    if (!one.model->features().fits(*journey.trail)) continue;
    said.push_back(ask(one));
    if (context_.watch != nullptr) context_.watch->on_scored(visitor_, one, scratch_row(), said.back());
  }
  journey.exit_risks = std::move(said);
}

ExitRisk Folding::ask(const ServingModel& one) {
  FeatureRow& row = scratch_row();
  one.model->features().make(visitor_.journey, visitor_.profile, *weights_, struggle_now(), row);
  const ExitModel::Verdict verdict = one.model->judge(row);
  return {now(), one.version, verdict.probability, score_of(one.score_points, verdict.probability), &one == serving()};
}

void Folding::explain(Decision& decision) {
  const ServingModel* served = serving();
  const ExitRisk* said = model_word();
  if (said == nullptr || said->score == 0) return;
  const auto& predicted = visitor_.journey.predicted;
  decision.model = served->version;
  decision.exit_probability = said->probability;
  decision.model_score = said->score;
  decision.source = predicted && said == &*predicted ? RiskSource::kEndpoint : RiskSource::kEmbedded;
  FeatureRow& row = scratch_row();
  served->model->features().make(visitor_.journey, visitor_.profile, *weights_, struggle_now(), row);
  decision.reasons = served->model->reasons(row);
}

void Folding::remember_ended(const Outcome& outcome) {
  Profile& profile = visitor_.profile;
  profile.goals += outcome.kind == OutcomeKind::kGoal ? 1 : 0;
  profile.struggles += visitor_.journey.highest_struggle >= policy().qualify_risk ? 1 : 0;
  profile.last_journey_at = visitor_.journey.last_at;
}

}  // namespace handrail::core
