// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/analysis/builtin_analyst.h"
#include "core/fold/folding.h"

// Hard cases are read as a whole: by the built-in analyst right here, since it is as pure as the fold; by a provider
// beside the fold, whose account comes back as a record.
namespace handrail::core {

// On a decision, on trouble that grew, or while the risk is neither clear nor lost; not anew within the pause, but for
// a decision.
bool Folding::is_hard(bool stronger, int risk_now) const {
  const Journey& journey = visitor_.journey;
  const AnalystRules& analyst = rules_->analyst;
  if (journey.outcome) return false;
  if (!effects_.decisions.empty()) return true;
  if (journey.analysis && now() - journey.analysis->asked_at < analyst.pause) return false;
  return (stronger && risk_now >= level_floor(Level::kMedium)) ||
         (risk_now >= analyst.ask_from && risk_now <= analyst.ask_to);
}

void Folding::read_hard_case(const Event& event, bool stronger, int risk_now) {
  if (!is_hard(stronger, risk_now)) return;
  const ExitRisk* said = model_word();
  const auto* decision = effects_.decisions.empty() ? nullptr : &effects_.decisions.back();
  const Digest digest = digest_of({visitor_.journey, visitor_.profile, rules_->goals, rules_->analyst, *weights_, now(),
                                   struggle_now(), said == nullptr ? std::nullopt : std::optional(said->score),
                                   decision == nullptr ? nullptr : &decision->reasons});
  Analysis analysis = read_journey(digest, rules_->analyst);
  analysis.journey = visitor_.journey.id;
  analysis.cause = event.id;
  analysis.asked_at = now();
  analysis.events = visitor_.journey.events;
  analysis.id = AnalysisId{
      id_of({"analysis", visitor_.site, visitor_.id, event.id, analysis.source.provider, analysis.source.prompt})};
  refine_offer(analysis);
  keep(std::move(analysis));
  if (context_.watch != nullptr) {
    const bool may_leave = visitor_.profile.may_be_read_outside(rules_->analyst, rules_->privacy);
    context_.watch->on_read(visitor_, {digest, rules_->analyst, *visitor_.journey.analysis, may_leave});
  }
}

void Folding::keep(Analysis analysis) {
  Signal listed;
  listed.episode.id = EpisodeId{analysis.id};
  listed.episode.at = analysis.asked_at;
  listed.episode.began = logged_.offset;
  listed.episode.rests_on = {analysis.cause};
  listed.state = SignalState::kConfirmed;
  listed.journey = analysis.journey;
  listed.rules = stamp_;
  listed.analysis = analysis;
  effects_.signals.push_back(std::move(listed));
  auto& newest = visitor_.journey.analysis;
  if (!newest || newest->events <= analysis.events) newest = std::move(analysis);
}

// The words of an offer that nobody has seen yet. One that was made by this very record is not told of twice.
void Folding::refine_offer(const Analysis& analysis) {
  if (!visitor_.offer || visitor_.offer->state != OfferState::kPending || analysis.message.empty()) return;
  Intervention& offer = *visitor_.offer;
  if (offer.journey != analysis.journey || offer.message == analysis.message) return;
  offer.message = analysis.message;
  offer.language = analysis.language;
  offer.disclosure = analysis.own_words ? disclosure_of(rules_->analyst) : std::string{};
  auto& told = effects_.interventions;
  if (!told.empty() && told.back().id == offer.id) {
    told.back() = offer;
  } else {
    told.push_back(offer);
  }
}

// The first that answers a reading counts, unless a later one is answered already; it must come while it could hold. So
// does a slow provider's whose visitor was read anew meanwhile.
bool Folding::is_news(const Analysis& analysis) const {
  const Journey& journey = visitor_.journey;
  if (!journey.has_begun() || journey.id != analysis.journey || journey.is_over(now()) || journey.outcome) return false;
  const Millis age = now() - analysis.asked_at;
  if (age < 0 || age > Advice::kHolds) return false;
  return journey.analysis && analysis.events > journey.answered_events && analysis.events <= journey.analysis->events;
}

void Folding::take(const Analysis& analysis) {
  if (!is_news(analysis)) {
    effects_.ignored = true;
    return;
  }
  const int moved = std::clamp(analysis.exit_risk_score, 0, 100) - std::clamp(analysis.base, 0, 100);
  visitor_.journey.answered_events = analysis.events;
  visitor_.journey.advice = Advice{now(), std::clamp(moved, -Advice::kPointsMax, Advice::kPointsMax)};
  keep(analysis);
  const int risk_now = risk_of(struggle_now());
  visitor_.journey.highest_risk = std::max(visitor_.journey.highest_risk, risk_now);
  assess(true, risk_now);
  qualify("analysis:" + analysis.id.hex(), now() - analysis.asked_at, risk_now);
  refine_offer(analysis);
}

}  // namespace handrail::core
