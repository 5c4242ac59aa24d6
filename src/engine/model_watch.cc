// SPDX-License-Identifier: Apache-2.0
#include "engine/model_watch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/control/model_moves.h"
#include "core/risk/figures.h"

namespace handrail {
namespace {

// The calendar moves by itself; a model may look at it, but that it moved says nothing.
bool moves_by_itself(const std::string& column) {
  return column == "hour" || column == "weekday" || column == "day_of_month" || column == "month" ||
         column == "days_since_last";
}

// Log loss; probabilities nobody can be sure of count as 0.1 %.
double loss_of(std::uint32_t probability, bool is_exit) {
  const double exits = static_cast<double>(probability) / core::kProbabilityOne;
  return -std::log(std::max(is_exit ? exits : 1 - exits, 0.001));
}

std::vector<ModelHealth::Bin> reliability_of(const core::Judged& judged) {
  constexpr std::size_t kBins = 10;
  std::vector<ModelHealth::Bin> bins(kBins);
  for (std::size_t i = 0; i < judged.labels.size(); ++i) {
    const double probability = judged.probabilities[i];
    auto& bin = bins[std::min(static_cast<std::size_t>(probability * kBins), kBins - 1)];
    bin.predicted += probability;
    bin.observed += judged.labels[i];
    ++bin.journeys;
  }
  std::erase_if(bins, [](const ModelHealth::Bin& bin) { return bin.journeys == 0; });
  for (auto& bin : bins) {
    bin.predicted /= static_cast<double>(bin.journeys);
    bin.observed /= static_cast<double>(bin.journeys);
  }
  return bins;
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

}  // namespace

void ModelWatch::on_control(const core::LoggedRecord& entry) {
  const std::lock_guard lock(mutex_);
  control_.take(entry);
}

std::vector<core::ModelMove> ModelWatch::way_out(const Key& key, UnixMillis now, UnixMillis at,
                                                 const std::string& note) const {
  const std::lock_guard lock(mutex_);
  const auto speaks = [&](UnixMillis when) {
    const auto move = control_.models().move_of(key.site, key.version, when);
    return move && (move->stage == core::ModelStage::kLive || move->stage == core::ModelStage::kCanary);
  };
  if (!speaks(now) || !speaks(INT64_MAX)) return {};
  return core::taken_out(control_.models(), key.site, key.version, at, "watch", note);
}

void ModelWatch::on_scored(const core::Visitor& visitor, const core::ServingModel& model, const core::FeatureRow& row,
                           const core::ExitRisk& said) {
  const std::lock_guard lock(mutex_);
  Watched& watched = models_[{visitor.site, model.version}];
  watched.model = model.model;
  ++watched.scored;
  if (!model.model->baselines().empty()) note_row(watched, row);
  draw(visitor, said, watched);
}

void ModelWatch::note_row(Watched& watched, const core::FeatureRow& row) {
  const auto& baselines = watched.model->baselines();
  Window& window = watched.window;
  if (window.counts.size() != baselines.size()) {
    window = {};
    for (const core::Baseline& baseline : baselines) window.counts.emplace_back(baseline.counts.size());
    window.beyond.assign(baselines.size(), 0);
  }
  watched.model->fill(row, columns_);
  columns_.push_back(watched.model->judge(row).margin);
  for (std::size_t i = 0; i < baselines.size(); ++i) {
    ++window.counts[i][baselines[i].bin_of(columns_[i])];
    window.beyond[i] += baselines[i].is_beyond(columns_[i]) ? 1 : 0;
  }
  if (++window.rows >= options_.window_rows) compare(watched);
}

void ModelWatch::compare(Watched& watched) const {
  const auto& baselines = watched.model->baselines();
  watched.indices_before = std::move(watched.indices);
  watched.indices.clear();
  watched.missing.clear();
  watched.beyond.clear();
  const auto rows = static_cast<double>(watched.window.rows);
  for (std::size_t i = 0; i < baselines.size(); ++i) {
    watched.indices.push_back(core::stability_index(baselines[i].counts, watched.window.counts[i]));
    watched.missing.push_back(watched.window.counts[i].back() / rows);
    watched.beyond.push_back(watched.window.beyond[i] / rows);
  }
  ++watched.windows;
  watched.window = {};
}

// Each of a journey's scores is as likely to be the one that is kept (reservoir sampling; Vitter, "Random sampling with
// a reservoir", 1985), by a hash, so that the same events keep the same.
void ModelWatch::draw(const core::Visitor& visitor, const core::ExitRisk& said, Watched& watched) {
  auto found = open_.find(visitor.journey.id);
  if (found == open_.end()) {
    if (open_.size() >= options_.journeys_open_max) return;
    found = open_.try_emplace(visitor.journey.id).first;
    found->second.site = visitor.site;
  }
  found->second.over_at = visitor.journey.over_at();
  found->second.was_helped = visitor.journey.offers_displayed > 0;
  auto& all = found->second.drawn;
  auto drawn = std::ranges::find(all, said.model, &Drawn::version);
  if (drawn == all.end()) {
    drawn = all.insert(all.end(), {said.model});
    ++watched.waiting;
  }
  ++drawn->seen;
  drawn->highest_score = std::max(drawn->highest_score, said.score);
  const std::uint64_t lot = id_of({visitor.journey.id.bytes(), std::to_string(drawn->seen)}).low;
  if (lot % drawn->seen != 0) return;
  drawn->event = visitor.journey.events;
  drawn->probability = said.probability;
  drawn->at = said.at;
}

void ModelWatch::settle(const Id128& journey, const Open& open, std::optional<bool> is_exit, UnixMillis at) {
  for (const Drawn& drawn : open.drawn) {
    Watched& watched = models_[{open.site, drawn.version}];
    if (watched.waiting > 0) --watched.waiting;
    ++(is_exit ? watched.outcomes : watched.unlabelled);
    watched.newest_at = std::max(watched.newest_at, at);
    watched.highest_scores.push_back(drawn.highest_score);
    if (watched.highest_scores.size() > options_.outcomes_max) watched.highest_scores.pop_front();
    if (!is_exit) continue;
    watched.matured.push_back({journey, drawn.event, drawn.probability, *is_exit, at - drawn.at});
    if (watched.matured.size() > options_.outcomes_max) watched.matured.pop_front();
  }
}

void ModelWatch::on_outcome(const core::Visitor& visitor, const core::Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(visitor.journey.id);
  if (found == open_.end()) return;
  // Whose offer was seen came to something else than it would have come to.
  const bool is_helped = std::ranges::any_of(visitor.journey.exposures,
                                             [](const core::Exposure& e) { return e.displayed_at.has_value(); });
  const bool says_nothing = is_helped || outcome.kind == core::OutcomeKind::kCensored;
  settle(found->first, found->second,
         says_nothing ? std::nullopt : std::optional(outcome.kind == core::OutcomeKind::kExit), outcome.at);
  open_.erase(found);
}

void ModelWatch::let_time_pass(UnixMillis now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](const auto& item) {
    const Open& open = item.second;
    if (now < open.over_at + options_.over_slack) return false;
    settle(item.first, open, open.was_helped ? std::nullopt : std::optional(true), open.over_at);
    return true;
  });
}

std::vector<ModelWatch::Key> ModelWatch::watched() const {
  const std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  keys.reserve(models_.size());
  for (const auto& [key, watched] : models_) keys.push_back(key);
  return keys;
}

ModelTrial ModelWatch::trial(const std::string& site, std::uint64_t champion, std::uint64_t challenger) const {
  const std::lock_guard lock(mutex_);
  const auto one = models_.find({site, champion}), other = models_.find({site, challenger});
  if (one == models_.end() || other == models_.end()) return {};
  std::unordered_map<Id128, const Matured*, IdHash> of_champion;
  for (const Matured& said : one->second.matured) of_champion.emplace(said.journey, &said);
  double sum = 0, squares = 0;
  ModelTrial trial;
  for (const Matured& said : other->second.matured) {
    const auto beside = of_champion.find(said.journey);
    if (beside == of_champion.end() || beside->second->event != said.event) continue;
    const double gain = loss_of(beside->second->probability, said.is_exit) - loss_of(said.probability, said.is_exit);
    sum += gain;
    squares += gain * gain;
    ++trial.journeys;
  }
  if (trial.journeys < 2) return trial;
  const auto n = static_cast<double>(trial.journeys);
  trial.gain = sum / n;
  trial.error = std::sqrt(std::max(0.0, squares / n - trial.gain * trial.gain) / (n - 1));
  return trial;
}

ModelHealth ModelWatch::health(const Key& key) const {
  const std::lock_guard lock(mutex_);
  ModelHealth health;
  const auto found = models_.find(key);
  if (found == models_.end()) return health;
  const Watched& watched = found->second;
  health.scored = watched.scored;
  health.windows = watched.windows;
  health.outcomes = watched.outcomes;
  health.unlabelled = watched.unlabelled;
  health.waiting = watched.waiting;
  note_drift(watched, health);
  judge(watched, health);
  note_offers(key.site, watched, health);
  return health;
}

// Promotion held the map to the site's offer budget; a world that changed may have made it another share since.
void ModelWatch::note_offers(const std::string& site, const Watched& watched, ModelHealth& health) const {
  const auto& scores = watched.highest_scores;
  if (scores.size() < options_.outcomes_min) return;
  const auto published = control_.rules().at(site, watched.newest_at);
  const core::Policy& policy = published ? published->rules.policy : options_.policy;
  const auto reached = std::ranges::count_if(scores, [&](int score) { return score >= policy.qualify_risk; });
  const double share = static_cast<double>(reached) / static_cast<double>(scores.size());
  health.offer_share = share;
  const double allowed = policy.offer_budget_permille / 1000.0 * (100 + core::kBudgetSlackPercent) / 100;
  const double error = std::sqrt(allowed * (1 - std::min(allowed, 1.0)) / static_cast<double>(scores.size()));
  if (share <= allowed + options_.offers_z * error) return;
  health.alarms.push_back("its score reaches the bar in more journeys than the offer budget allows (" +
                          rounded(100 * share) + " % of them)");
}

void ModelWatch::note_drift(const Watched& watched, ModelHealth& health) const {
  if (watched.indices.empty()) return;
  const auto is_lasting = [&](std::size_t i) {
    return watched.indices[i] > options_.drift_alarm && i < watched.indices_before.size() &&
           watched.indices_before[i] > options_.drift_alarm;
  };
  const auto& columns = watched.model->columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (watched.indices[i] <= options_.drift_watch || moves_by_itself(columns[i])) continue;
    health.drifting.push_back({columns[i], watched.indices[i], watched.missing[i], watched.beyond[i]});
    if (is_lasting(i))
      health.alarms.push_back(columns[i] + " lies elsewhere than in training (PSI " + rounded(watched.indices[i]) +
                              ")");
  }
  std::ranges::sort(health.drifting, std::greater<>(), &ModelHealth::ColumnDrift::index);
  health.score_drift = watched.indices.back();
  if (!is_lasting(columns.size())) return;
  health.must_go = true;
  health.alarms.insert(health.alarms.begin(),
                       "its scores lie elsewhere than in training (PSI " + rounded(health.score_drift) + ")");
}

void ModelWatch::judge(const Watched& watched, ModelHealth& health) const {
  health.judged = watched.matured.size();
  double delay = 0;
  core::Judged judged;
  for (const Matured& one : watched.matured) {
    judged.probabilities.push_back(static_cast<double>(one.probability) / core::kProbabilityOne);
    judged.labels.push_back(one.is_exit ? 1 : 0);
    delay += static_cast<double>(one.delay) / kSecond;
  }
  if (!watched.matured.empty()) health.label_delay_s = delay / static_cast<double>(watched.matured.size());
  if (watched.matured.size() < options_.outcomes_min) return;
  health.reliability = reliability_of(judged);
  const std::vector<double> once(judged.labels.size(), 1);
  health.ece = core::ece(judged, once);
  health.log_loss = core::log_loss(judged, once);
  double exits = 0;
  for (const double label : judged.labels) exits += label;
  health.base_rate = exits / static_cast<double>(judged.labels.size());
  if (const double auc = core::auc(judged); !std::isnan(auc)) health.auc = auc;
  if (*health.ece > options_.ece_alarm) {
    health.must_go = true;
    health.alarms.push_back("its probabilities are off by " + rounded(*health.ece) + " on average (ECE)");
  }
  if (health.auc && *health.auc < 0.5) {
    health.must_go = true;
    health.alarms.push_back("it tells visitors apart worse than chance (AUC " + rounded(*health.auc) + ")");
  }
}

}  // namespace handrail
