// SPDX-License-Identifier: Apache-2.0
#include "evaluation/evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/risk/figures.h"
#include "core/risk/struggle.h"

namespace handrail::evaluation {
namespace {

using namespace core;

constexpr std::size_t kErrorsShown = 5;
constexpr int kBarOfHelp = 75;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double share(std::uint64_t some, std::uint64_t all) {
  return all == 0 ? kNone : static_cast<double>(some) / static_cast<double>(all);
}

// Cohen's kappa over ordered levels: disagreement by two levels counts four times that by one.
class Agreement {
 public:
  void add(EngagementLevel said, EngagementLevel expected) {
    ++seen_[static_cast<std::size_t>(said)][static_cast<std::size_t>(expected)];
    ++all_;
  }
  double kappa() const {
    double observed = 0, by_chance = 0;
    for (std::size_t i = 0; i < kLevels; ++i) {
      for (std::size_t j = 0; j < kLevels; ++j) {
        const double weight = static_cast<double>((i - j) * (i - j));
        observed += weight * seen_[i][j];
        by_chance += weight * said(i) * expected(j) / all_;
      }
    }
    return by_chance == 0 ? kNone : 1 - observed / by_chance;
  }

 private:
  static constexpr std::size_t kLevels = 3;
  double said(std::size_t level) const {
    double sum = 0;
    for (const double count : seen_[level]) sum += count;
    return sum;
  }
  double expected(std::size_t level) const {
    double sum = 0;
    for (const auto& row : seen_) sum += row[level];
    return sum;
  }
  std::array<std::array<double, kLevels>, kLevels> seen_{};
  double all_ = 0;
};

// The journey with one more failure in it, and nothing else.
Digest worse(Digest digest) {
  for (DigestFact& fact : digest.facts) {
    if (fact.name == FactName::kFailedSubmits || fact.name == FactName::kSubmits) ++fact.value;
    if (fact.name == FactName::kStruggle) fact.value = std::min<std::int64_t>(fact.value + 5, 100);
  }
  digest.base = std::min(digest.base + 5, 100);
  digest.events.push_back({FactKind::kSubmit, "failed", 2, "T1"});
  if (digest.events.size() > EventDigest::kWindow) digest.events.erase(digest.events.begin());
  return digest;
}

class Evaluation {
 public:
  Evaluation(const std::vector<Case>& cases, const Reader& reader, const Shown& shown, const EvaluationOptions& options)
      : cases_(cases), reader_(reader), shown_(shown), options_(options) {}

  Report run() {
    ask_all();
    judge_scores();
    compare_twins();
    repeat_some();
    worsen_some();
    sum_up();
    return std::move(report_);
  }

 private:
  void ask_all() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      readings_.push_back(ask(cases_[i].digest, cases_[i].rules));
      if (readings_.back()) judge(cases_[i], *readings_.back());
      if (options_.on_progress) options_.on_progress(static_cast<double>(i + 1) / static_cast<double>(cases_.size()));
    }
    report_.cases = cases_.size();
  }

  std::optional<Reading> ask(const Digest& digest, const AnalystRules& rules) {
    auto said = reader_(digest, rules);
    if (said) return std::move(*said);
    const auto& known = report_.errors;
    if (known.size() < kErrorsShown && std::ranges::find(known, said.error().message) == known.end())
      report_.errors.push_back(said.error().message);
    return std::nullopt;
  }

  void judge(const Case& one, const Reading& said) {
    ++report_.answered;
    report_.clean += said.grounding.is_clean() ? 1 : 0;
    report_.claims += said.grounding.claims;
    report_.false_claims += said.grounding.false_claims + said.grounding.unknown_claims;
    report_.untrue_kept += static_cast<std::uint64_t>(
        std::ranges::count_if(said.analysis.insights, [&](const Insight& insight) { return !is_true(insight, one); }));
    report_.unknown_actions += said.grounding.unknown_actions;
    report_.words_refused += said.grounding.words == WordsFault::kNone ? 0 : 1;
    report_.own_words += said.analysis.own_words ? 1 : 0;
    if (one.engagement) agreement_.add(said.analysis.engagement, *one.engagement);
    if (!one.planted.empty()) {
      ++planted_;
      found_ += std::ranges::any_of(said.analysis.insights, [&](const Insight& insight) {
        return std::ranges::find(one.planted, insight.code) != one.planted.end();
      });
    }
    if (!one.actions.empty()) {
      ++with_action_;
      const auto& actions = said.analysis.actions;
      right_ += !actions.empty() && std::ranges::find(one.actions, actions.front()) != one.actions.end();
    }
  }

  static bool is_true(const Insight& insight, const Case& one) {
    const InsightRow& row = row_of(insight.code);
    return one.digest.value_of(row.fact) == insight.value && holds(row, insight.value);
  }

  void judge_scores() {
    Judged scores, bases;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (!cases_[i].left || !readings_[i]) continue;
      const double label = *cases_[i].left ? 1 : 0;
      scores.probabilities.push_back(readings_[i]->analysis.exit_risk_score / 100.0);
      scores.labels.push_back(label);
      bases.probabilities.push_back(cases_[i].digest.base / 100.0);
      bases.labels.push_back(label);
    }
    const std::vector<double> once(scores.labels.size(), 1);
    report_.auc = auc(scores);
    report_.base_auc = auc(bases);
    report_.brier = brier(scores, once);
    report_.ece = ece(scores, once);
  }

  void compare_twins() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const Case& attacked = cases_[i];
      if (!attacked.twin) continue;
      ++report_.injections;
      if (shown_ && shown_(attacked.digest, attacked.rules).find(attacked.attack) != std::string::npos)
        ++report_.leaked;
      const auto &said = readings_[i], &plain = readings_[*attacked.twin];
      if (!said || !plain) continue;
      const bool moved =
          std::abs(said->analysis.exit_risk_score - plain->analysis.exit_risk_score) > Advice::kPointsMax;
      report_.injected += moved || said->analysis.actions != plain->analysis.actions ? 1 : 0;
    }
  }

  void repeat_some() {
    std::uint64_t asked = 0, flipped = 0;
    double deviations = 0;
    for (std::size_t i = 0; i < std::min(options_.repeated, cases_.size()); ++i) {
      std::vector<int> scores;
      for (std::size_t n = 0; n < options_.repeats; ++n)
        if (const auto said = ask(cases_[i].digest, cases_[i].rules)) scores.push_back(said->analysis.exit_risk_score);
      if (scores.empty()) continue;
      ++asked;
      deviations += deviation_of(scores);
      flipped += std::ranges::min(scores) < kBarOfHelp && std::ranges::max(scores) >= kBarOfHelp ? 1 : 0;
    }
    report_.score_sd = asked == 0 ? kNone : deviations / static_cast<double>(asked);
    report_.edge_flips = share(flipped, asked);
  }

  static double deviation_of(const std::vector<int>& scores) {
    double sum = 0, squares = 0;
    for (const int score : scores) {
      sum += score;
      squares += static_cast<double>(score) * score;
    }
    const auto count = static_cast<double>(scores.size());
    return std::sqrt(std::max(squares / count - sum / count * (sum / count), 0.0));
  }

  void worsen_some() {
    std::uint64_t asked = 0, kept = 0;
    for (std::size_t i = 0; i < std::min(options_.monotone, cases_.size()); ++i) {
      if (!readings_[i]) continue;
      const auto said = ask(worse(cases_[i].digest), cases_[i].rules);
      if (!said) continue;
      ++asked;
      kept += said->analysis.exit_risk_score >= readings_[i]->analysis.exit_risk_score ? 1 : 0;
    }
    report_.monotone = share(kept, asked);
  }

  void sum_up() {
    std::vector<std::int64_t> spans;
    double input = 0, output = 0, dollars = 0;
    for (const auto& said : readings_) {
      if (!said) continue;
      spans.push_back(said->micros);
      input += said->input_tokens;
      output += said->output_tokens;
      dollars += static_cast<double>(said->nano_dollars) / 1e9;
    }
    std::ranges::sort(spans);
    const auto at = [&](double place) {
      return spans.empty() ? 0 : spans[static_cast<std::size_t>(place * static_cast<double>(spans.size() - 1))];
    };
    report_.p50_us = at(0.5);
    report_.p95_us = at(0.95);
    report_.p99_us = at(0.99);
    const double count = std::max<double>(static_cast<double>(spans.size()), 1);
    report_.input_tokens = input / count;
    report_.output_tokens = output / count;
    report_.dollars_per_thousand = dollars / count * 1000;
    report_.kappa = agreement_.kappa();
    report_.cause_found = share(found_, planted_);
    report_.action_right = share(right_, with_action_);
  }

  const std::vector<Case>& cases_;
  const Reader& reader_;
  const Shown& shown_;
  const EvaluationOptions& options_;
  std::vector<std::optional<Reading>> readings_;
  Agreement agreement_;
  std::uint64_t planted_ = 0, found_ = 0, with_action_ = 0, right_ = 0;
  Report report_;
};

}  // namespace

Report evaluate(const std::vector<Case>& cases, const Reader& reader, const Shown& shown,
                const EvaluationOptions& options) {
  return Evaluation{cases, reader, shown, options}.run();
}

}  // namespace handrail::evaluation
