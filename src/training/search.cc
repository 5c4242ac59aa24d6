// SPDX-License-Identifier: Apache-2.0
#include "training/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <thread>

#include "base/side_by_side.h"
#include "training/logistic.h"
#include "training/paired_gain.h"
#include "training/random.h"

namespace handrail::training {
namespace {

double loss(float margin, float label) {
  const double m = label > 0 ? -static_cast<double>(margin) : static_cast<double>(margin);
  return m > 0 ? m + std::log1p(std::exp(-m)) : std::log1p(std::exp(m));
}

double mean_loss(const std::vector<float>& margins, const Sample& sample) {
  double sum = 0, rows = 0;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    sum += static_cast<double>(sample.weights[i]) * loss(margins[i], sample.labels[i]);
    rows += static_cast<double>(sample.weights[i]);
  }
  return sum / rows;
}

// Moves margins so that they are right on average. `shift` is where to begin, and what it came to. Calibration does so
// in the end, hence a later time's other share of exits says nothing against a tree.
void recentre(std::vector<float>& margins, const Sample& sample, double& shift) {
  constexpr int kSteps = 3;
  for (int step = 0; step < kSteps; ++step) {
    double lacks = 0, curvature = 1e-9;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double p = sigmoid(static_cast<double>(margins[i]) + shift);
      lacks += static_cast<double>(sample.weights[i]) * (static_cast<double>(sample.labels[i]) - p);
      curvature += static_cast<double>(sample.weights[i]) * p * (1 - p);
    }
    shift += std::clamp(lacks / curvature, -1.0, 1.0);
  }
  for (float& margin : margins) margin += static_cast<float>(shift);
}

Result<xgboost::Matrix> matrix_of(const Sample& sample) {
  return xgboost::Matrix::of(sample.features, sample.columns(), sample.labels, sample.weights);
}

bool is_clearly_better(const Sample& validation, const Fit& before, const Fit& after) {
  PairedGain gain;
  for (std::size_t i = 0; i < validation.size(); ++i) {
    const auto weight = static_cast<double>(validation.weights[i]);
    gain.add(validation.visitors[i], weight * loss(before.centred[i], validation.labels[i]),
             weight * loss(after.centred[i], validation.labels[i]));
  }
  return gain.is_clear(2);
}

// One of a list.
template <class T>
T drawn(Random& random, std::initializer_list<T> from) {
  return *(from.begin() + random.below(from.size()));
}

}  // namespace

double Sample::base_rate() const {
  double exits = 0, all = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    exits += labels[i] > 0 ? static_cast<double>(weights[i]) : 0;
    all += static_cast<double>(weights[i]);
  }
  return exits / all;
}

xgboost::Parameters parameters_of(const Settings& settings, double base_rate, std::uint64_t seed) {
  const double rate = std::clamp(base_rate, 0.001, 0.999);
  // One thread for a booster: sums of floats in another order may be other sums.
  return {{"objective", "binary:logistic"},
          {"tree_method", "hist"},
          {"nthread", "1"},
          {"verbosity", "0"},
          {"seed", std::to_string(seed % (1U << 31))},
          {"base_score", fmt::format("{:.6f}", rate)},
          {"max_depth", std::to_string(settings.max_depth)},
          {"eta", fmt::format("{}", settings.eta)},
          {"min_child_weight", fmt::format("{:.6f}", settings.min_child_weight * 4 * rate * (1 - rate))},
          {"subsample", fmt::format("{}", settings.subsample)},
          {"colsample_bynode", fmt::format("{}", settings.colsample_bynode)},
          {"lambda", fmt::format("{}", settings.lambda)}};
}

std::string text_of(const Settings& s) {
  return fmt::format("max_depth {}, eta {}, min_child_weight {}, subsample {}, colsample_bynode {}, lambda {}",
                     s.max_depth, s.eta, s.min_child_weight, s.subsample, s.colsample_bynode, s.lambda);
}

Settings default_settings(std::size_t rows, std::size_t columns) {
  Settings settings;
  settings.max_depth = std::clamp(static_cast<int>(std::bit_width(rows)) - 9, 4, 8);
  settings.colsample_bynode = std::clamp(10 / static_cast<double>(columns), 0.2, 0.8);
  return settings;
}

std::vector<Settings> settings_to_try(int count, const Settings& first, std::uint64_t seed) {
  std::vector<Settings> all = {first};
  Random random(seed);
  while (all.size() < static_cast<std::size_t>(std::max(count, 1))) {
    Settings settings;
    settings.max_depth = drawn(random, {3, 4, 6, 8});
    settings.min_child_weight = drawn(random, {3.0, 10.0, 30.0});
    settings.subsample = drawn(random, {0.5, 0.6, 0.8});
    settings.colsample_bynode = drawn(random, {0.15, 0.3, 0.5, 0.8});
    settings.lambda = drawn(random, {1.0, 3.0, 10.0});
    all.push_back(settings);
  }
  return all;
}

Result<Fit> fit_until_no_better(const Sample& fit, const Sample& validation, const Settings& settings,
                                const Growth& growth, const std::function<bool()>& is_wanted) {
  const auto rows = matrix_of(fit), watched = matrix_of(validation);
  if (!rows) return pass_on(rows);
  if (!watched) return pass_on(watched);
  auto booster = xgboost::Booster::on(*rows, parameters_of(settings, fit.base_rate(), growth.seed), &*watched);
  if (!booster) return pass_on(booster);
  Fit best;
  double shift = 0;
  for (int round = 1; round <= growth.trees_max && round <= best.rounds + growth.patience; ++round) {
    if (auto grown = booster->grow(); !grown) return pass_on(grown);
    auto margins = booster->margins(*watched);
    if (!margins) return pass_on(margins);
    std::vector<float> centred = *margins;
    recentre(centred, validation, shift);
    const double now = mean_loss(centred, validation);
    if (best.rounds == 0 || now < best.log_loss) best = {round, now, std::move(*margins), std::move(centred)};
    if (!is_wanted()) return fail(ErrorCode::kUnavailable, "training was stopped");
  }
  return best;
}

Result<Found> search(const Sample& fit, const Sample& validation, const SearchOptions& options,
                     const std::function<bool(double)>& on_trial) {
  const std::vector<Settings> all =
      settings_to_try(options.trials, default_settings(fit.size(), fit.columns()), options.seed);
  std::vector<std::optional<Result<Fit>>> fits(all.size());
  const Growth growth{std::max(options.trees_max / 2, 1), 20, options.seed};
  std::atomic<std::size_t> done = 0;
  std::atomic<bool> is_wanted = true;
  const auto caller = std::this_thread::get_id();
  side_by_side(all.size(), static_cast<std::size_t>(std::max(options.threads, 1)), [&](std::size_t i) {
    Settings quick = all[i];
    quick.eta *= 2;
    fits[i] = fit_until_no_better(fit, validation, quick, growth, [&] {
      if (std::this_thread::get_id() == caller &&
          !on_trial(static_cast<double>(done) / static_cast<double>(all.size())))
        is_wanted = false;
      return is_wanted.load();
    });
    ++done;
  });
  Found found{all.front(), {}};
  std::size_t best = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!*fits[i]) return pass_on(*fits[i]);
    found.trials.push_back({all[i], (*fits[i])->rounds, (*fits[i])->log_loss});
    if (found.trials[i].log_loss < found.trials[best].log_loss) best = i;
  }
  if (is_clearly_better(validation, **fits.front(), **fits[best])) found.settings = all[best];
  return found;
}

Sample thinned(const Sample& sample, std::size_t rows_max, std::uint64_t seed) {
  if (sample.size() <= rows_max) return sample;
  constexpr std::uint64_t kParts = 1'000;
  const std::uint64_t kept = std::max<std::uint64_t>(kParts * rows_max / sample.size(), 1);
  const std::size_t columns = sample.columns();
  Sample some;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (fold_of(sample.visitors[i], kParts, seed) >= kept) continue;
    const auto row = sample.features.begin() + static_cast<std::ptrdiff_t>(i * columns);
    some.features.insert(some.features.end(), row, row + static_cast<std::ptrdiff_t>(columns));
    some.labels.push_back(sample.labels[i]);
    some.weights.push_back(sample.weights[i]);
    some.visitors.push_back(sample.visitors[i]);
  }
  return some;
}

}  // namespace handrail::training
