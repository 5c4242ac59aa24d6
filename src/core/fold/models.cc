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

int Folding::model_score() {
  const auto& said = visitor_.journey.exit_risks;
  if (said.empty() || serving() == nullptr) return 0;
  const auto served = std::ranges::find(said, serving()->version, &ExitRisk::model);
  return served == said.end() ? 0 : served->score;
}

void Folding::ask_models(const Event& event) {
  Journey& journey = visitor_.journey;
  if (!journey.trail || !is_assessed(kind_of(event.fact))) return;
  if (journey.outcome) return journey.exit_risks.clear();  // it came to its goal
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
  const auto& said = visitor_.journey.exit_risks;
  if (served == nullptr || model_score() == 0) return;
  const auto of_served = std::ranges::find(said, served->version, &ExitRisk::model);
  decision.model = served->version;
  decision.exit_probability = of_served->probability;
  decision.model_score = of_served->score;
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
