// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "adapters/xgboost/booster.h"
#include "base/result.h"

// How trees are grown, and which way of it suits the rows.
namespace handrail::training {

// libxgboost's parameters, by its names. The defaults did well on sets of different kinds; most others do nearly as
// well.
struct Settings {
  int max_depth = 8;
  double eta = 0.04;
  double min_child_weight = 10;  // where labels are even; see parameters_of
  double subsample = 0.6;
  double colsample_bynode = 0.2;
  double lambda = 3;

  bool operator==(const Settings&) const = default;
};
// For a set of that size: a node chooses among ten columns, or a fifth of them; trees are so deep that a leaf has some
// hundred rows, 4 to 8.
Settings default_settings(std::size_t rows, std::size_t columns);
// Where one label is rare, a row weighs less to libxgboost: p (1 - p). min_child_weight is lessened likewise, so that
// it stands for as many rows.
xgboost::Parameters parameters_of(const Settings& settings, double base_rate, std::uint64_t seed);
std::string text_of(const Settings& settings);

// `first`, and others that are drawn.
std::vector<Settings> settings_to_try(int count, const Settings& first, std::uint64_t seed);

// A part of a set as the trainer takes it.
struct Sample {
  std::vector<float> features;  // row after row
  std::vector<float> labels, weights;
  std::vector<std::uint64_t> visitors;

  std::size_t size() const { return labels.size(); }
  std::size_t columns() const { return features.size() / size(); }
  double base_rate() const;  // by weight
};

// Trees until the validation's log loss, margins centred, has not fallen for `patience` rounds.
struct Growth {
  int trees_max = 500;
  int patience = 40;
  std::uint64_t seed = 1;
};
struct Fit {
  int rounds = 0;              // with the least loss
  double log_loss = 0;         // of the validation, centred
  std::vector<float> margins;  // of the validation's rows, by that many rounds
  std::vector<float> centred;  // the same, moved so that they are right on average
};
// `is_wanted` is asked after each round; false: the fit fails.
Result<Fit> fit_until_no_better(const Sample& fit, const Sample& validation, const Settings& settings,
                                const Growth& growth, const std::function<bool()>& is_wanted);

struct SearchOptions {
  int trials = 8;
  int trees_max = 500;
  int threads = 2;  // trials side by side, each on one
  std::uint64_t seed = 1;
};
struct Trial {
  Settings settings;
  int rounds = 0;
  double log_loss = 0;
};
struct Found {
  Settings settings;
  std::vector<Trial> trials;
};
// The settings with the least loss on the validation, if it is clearly less than with the defaults: by more than two
// standard errors, since the luckiest of several is taken; else the defaults. Trials grow at twice the eta that they
// are asked about, which ranks them alike in half the time. `on_trial` is called on the calling thread with the share
// done; false stops.
Result<Found> search(const Sample& fit, const Sample& validation, const SearchOptions& options,
                     const std::function<bool(double)>& on_trial);

// Those of its rows whose visitors are in a share of all: about `rows_max` rows.
Sample thinned(const Sample& sample, std::size_t rows_max, std::uint64_t seed);

}  // namespace handrail::training
