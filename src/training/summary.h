// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/columns.h"
#include "training/search.h"
#include "training/split.h"

namespace handrail::training {

// One part of the split, for the record.
struct PartSummary {
  std::uint64_t rows = 0, journeys_exit = 0, journeys_other = 0;
  UnixMillis first_at = 0, last_at = 0;
  double base_rate = 0;  // share of exits among the rows
};

// How it was trained: what a model card tells beside the figures.
struct TrainingSummary {
  bool is_imported = false;  // trained elsewhere: nobody knows seed, settings and trials
  std::uint64_t seed = 0;
  PartSummary fit, validation, test;
  std::uint64_t rows_dropped = 0;  // of earlier parts at or after a later one's beginning
  SplitBy split_by = SplitBy::kTime;
  UnixMillis validation_from = 0, test_from = 0;
  std::vector<DroppedColumn> columns_dropped;
  Settings settings;
  std::vector<Trial> trials;  // the defaults first; trees and loss at twice the eta
  int trees = 0;
  std::string calibration;      // "Platt", ...
  double recent_shift = 0;      // log odds by which the calibration was moved for the most recent rows
  std::string xgboost_version;  // "1.7.4"
};

// Puts in what the split says.
void tell_split(const TrainingSet& set, const Split& split, TrainingSummary& summary);

}  // namespace handrail::training
