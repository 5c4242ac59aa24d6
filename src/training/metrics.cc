// SPDX-License-Identifier: Apache-2.0
#include "training/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "training/random.h"

namespace handrail::training {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::pair<std::uint32_t, std::uint32_t> kPrefixes[] = {{1, 3}, {4, 8}, {9, 15}, {16, 25}, {26, 40}, {41, 0}};

using Row = TrainingSet::Row;

double share(double part, double of) { return of > 0 ? part / of : kNone; }

// What a judgement works on.
struct Judgement {
  const TrainingSet& set;
  std::span<const std::size_t> rows;
  Judged judged;
  std::vector<std::uint32_t> ranking;

  const Row& row(std::size_t i) const { return set.rows[rows[i]]; }
  bool is_exit(std::size_t i) const { return judged.labels[i] > 0; }
  double probability(std::size_t i) const { return judged.probabilities[i]; }
  bool says_exit(std::size_t i) const { return probability(i) > 0.5; }
  std::size_t size() const { return rows.size(); }
};

Judged only(const Judgement& all, const std::vector<std::size_t>& places) {
  Judged some;
  for (const std::size_t i : places) {
    some.probabilities.push_back(all.probability(i));
    some.labels.push_back(all.judged.labels[i]);
  }
  return some;
}

// Calls `see` with the place of each journey's first row and the place behind its last.
template <class See>
void for_each_journey(const Judgement& all, const See& see) {
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all.row(end).journey == all.row(begin).journey) ++end;
    see(begin, end);
  }
}

void count(const Judgement& all, Report& report) {
  std::unordered_set<std::uint64_t> visitors;
  double exits = 0, sum = 0;
  report.first_at = report.last_at = all.row(0).at;
  for (std::size_t i = 0; i < all.size(); ++i) {
    visitors.insert(all.row(i).visitor);
    exits += all.judged.labels[i];
    sum += all.probability(i);
    report.first_at = std::min(report.first_at, all.row(i).at);
    report.last_at = std::max(report.last_at, all.row(i).at);
  }
  for_each_journey(all, [&](std::size_t, std::size_t end) {
    ++report.journeys;
    report.journeys_exit += all.is_exit(end - 1);
  });
  report.rows = all.size();
  report.visitors = visitors.size();
  report.base_rate = exits / static_cast<double>(all.size());
  report.mean_probability = sum / static_cast<double>(all.size());
}

void decide(const Judgement& all, Report& report) {
  double right[2] = {}, of[2] = {};
  for (std::size_t i = 0; i < all.size(); ++i) {
    of[all.is_exit(i)] += 1;
    right[all.is_exit(i)] += all.says_exit(i) == all.is_exit(i);
  }
  report.accuracy = (right[0] + right[1]) / static_cast<double>(all.size());
  report.balanced_accuracy = (share(right[0], of[0]) + share(right[1], of[1])) / 2;
  report.majority_accuracy = std::max(report.base_rate, 1 - report.base_rate);
}

double alert_precision(const Judgement& all, double from, std::span<const double> counts) {
  double alerted = 0, exits = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.probability(i) < from) continue;
    alerted += counts[i];
    exits += counts[i] * all.judged.labels[i];
  }
  return share(exits, alerted);
}

double median(std::vector<double> values) {
  if (values.empty()) return kNone;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void alert(const Judgement& all, double rate, Report& report) {
  const auto wanted = static_cast<std::size_t>(std::ceil(rate * static_cast<double>(all.size())));
  report.alert_rate = rate;
  report.alert_probability = all.probability(all.ranking[std::clamp<std::size_t>(wanted, 1, all.size()) - 1]);
  const auto is_alerted = [&](std::size_t i) { return all.probability(i) >= report.alert_probability; };
  double alerted = 0, found = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    alerted += is_alerted(i);
    found += is_alerted(i) && all.is_exit(i);
  }
  report.alert_share = alerted / static_cast<double>(all.size());
  report.alert_recall = share(found, report.base_rate * static_cast<double>(all.size()));
  std::vector<double> lead;
  for_each_journey(all, [&](std::size_t begin, std::size_t end) {
    while (begin < end && !is_alerted(begin)) ++begin;
    if (begin < end && all.is_exit(end - 1)) lead.push_back(all.row(begin).events_left);
  });
  report.alert_journeys_recall = share(static_cast<double>(lead.size()), static_cast<double>(report.journeys_exit));
  report.alert_lead_events = median(std::move(lead));
}

PrefixGroup group_of(const Judgement& all, const std::vector<std::size_t>& places, std::uint32_t from,
                     std::uint32_t to) {
  PrefixGroup group{from, to, places.size()};
  const Judged some = only(all, places);
  const std::vector<double> ones(places.size(), 1);
  double right = 0, exits = 0;
  std::unordered_set<std::uint64_t> journeys;
  for (const std::size_t i : places) {
    journeys.insert(all.row(i).journey);
    exits += all.judged.labels[i];
    right += all.says_exit(i) == all.is_exit(i);
  }
  group.journeys = journeys.size();
  group.base_rate = exits / static_cast<double>(places.size());
  group.accuracy = right / static_cast<double>(places.size());
  group.auc = auc(some);
  group.log_loss = log_loss(some, ones);
  group.ece = ece(some, ones);
  return group;
}

void by_prefix(const Judgement& all, Report& report) {
  std::map<std::uint32_t, std::vector<std::size_t>> at;
  for (std::size_t i = 0; i < all.size(); ++i) at[all.row(i).prefix].push_back(i);
  double sum = 0, rows = 0;
  for (const auto& [prefix, places] : at) {
    const double of = auc(only(all, places));
    if (std::isnan(of)) continue;
    sum += of * static_cast<double>(places.size());
    rows += static_cast<double>(places.size());
  }
  report.prefix_weighted_auc = share(sum, rows);
  for (const auto& [from, to] : kPrefixes) {
    std::vector<std::size_t> places;
    for (auto it = at.lower_bound(from); it != at.end() && (to == 0 || it->first <= to); ++it)
      places.insert(places.end(), it->second.begin(), it->second.end());
    if (!places.empty()) report.prefixes.push_back(group_of(all, places, from, to));
  }
}

void cover(const Judgement& all, Report& report) {
  for (int percent = 50; percent <= 95; percent += 5) {
    const double confidence = percent / 100.0;
    double rows = 0, right = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (std::max(all.probability(i), 1 - all.probability(i)) < confidence) continue;
      rows += 1;
      right += all.says_exit(i) == all.is_exit(i);
    }
    report.coverage.push_back({confidence, rows / static_cast<double>(all.size()), share(right, rows)});
  }
}

// How often each row counts in a resample of visitors, drawn with replacement.
class Resampling {
 public:
  Resampling(const Judgement& all, std::uint64_t seed) : random_(seed) {
    std::unordered_map<std::uint64_t, std::size_t> numbers;
    for (std::size_t i = 0; i < all.size(); ++i)
      visitor_of_.push_back(numbers.try_emplace(all.row(i).visitor, numbers.size()).first->second);
    drawn_.resize(numbers.size());
  }
  std::vector<double> next() {
    std::fill(drawn_.begin(), drawn_.end(), 0);
    for (std::size_t i = 0; i < drawn_.size(); ++i) drawn_[random_.below(drawn_.size())] += 1;
    std::vector<double> counts;
    counts.reserve(visitor_of_.size());
    for (const std::size_t visitor : visitor_of_) counts.push_back(drawn_[visitor]);
    return counts;
  }

 private:
  Random random_;
  std::vector<std::size_t> visitor_of_;
  std::vector<double> drawn_;
};

// The figures that have an interval, in one place for the value and its resamples.
std::vector<std::pair<Figure*, double>> figures_in(Report& report, const Judgement& all,
                                                   std::span<const double> counts) {
  return {{&report.auc, auc(all.judged, all.ranking, counts)},
          {&report.average_precision, average_precision(all.judged, all.ranking, counts)},
          {&report.log_loss, log_loss(all.judged, counts)},
          {&report.brier, brier(all.judged, counts)},
          {&report.brier_skill, brier_skill(all.judged, counts)},
          {&report.ece, ece(all.judged, counts)},
          {&report.alert_precision, alert_precision(all, report.alert_probability, counts)}};
}

// By linear interpolation between order statistics.
double quantile(const std::vector<double>& sorted, double at) {
  const double place = at * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

void figure(const Judgement& all, const JudgeOptions& options, Report& report) {
  for (const auto& [figure, value] : figures_in(report, all, std::vector<double>(all.size(), 1)))
    *figure = {value, value, value};
  std::map<Figure*, std::vector<double>> resampled;
  Resampling resampling(all, options.seed);
  for (int i = 0; i < options.bootstrap; ++i) {
    for (const auto& [figure, value] : figures_in(report, all, resampling.next())) {
      if (!std::isnan(value)) resampled[figure].push_back(value);
    }
  }
  for (auto& [figure, values] : resampled) {
    if (std::isnan(figure->value)) continue;
    std::sort(values.begin(), values.end());
    figure->low = quantile(values, 0.025);
    figure->high = quantile(values, 0.975);
  }
}

}  // namespace

Result<Report> judge(const TrainingSet& set, std::span<const std::size_t> rows, std::span<const double> probabilities,
                     const JudgeOptions& options) {
  if (rows.empty()) return fail(ErrorCode::kInvalidArgument, "there are no rows to judge by", "rows");
  if (rows.size() != probabilities.size())
    return fail(ErrorCode::kInvalidArgument, "there must be a probability for each row", "probabilities",
                static_cast<std::int64_t>(rows.size()));
  Judgement all{set, rows, {{probabilities.begin(), probabilities.end()}, {}}, ranking_of(probabilities)};
  for (const std::size_t row : rows) all.judged.labels.push_back(set.rows[row].is_exit ? 1 : 0);
  Report report;
  count(all, report);
  decide(all, report);
  alert(all, options.alert_rate, report);
  figure(all, options, report);
  by_prefix(all, report);
  cover(all, report);
  report.reliability = reliability_of(all.judged, std::vector<double>(all.size(), 1));
  return report;
}

}  // namespace handrail::training
