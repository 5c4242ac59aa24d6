// SPDX-License-Identifier: Apache-2.0
#include "training/summary.h"

#include <algorithm>

namespace handrail::training {
namespace {

PartSummary summary_of(const TrainingSet& set, const RowNumbers& rows) {
  const Labels labels = labels_of(set, rows);
  PartSummary part{rows.size(), labels.exits, labels.others, set.rows[rows[0]].at, set.rows[rows[0]].at};
  double exits = 0;
  for (const std::size_t row : rows) {
    part.first_at = std::min(part.first_at, set.rows[row].at);
    part.last_at = std::max(part.last_at, set.rows[row].at);
    exits += set.rows[row].is_exit ? 1 : 0;
  }
  part.base_rate = exits / static_cast<double>(rows.size());
  return part;
}

}  // namespace

void tell_split(const TrainingSet& set, const Split& split, TrainingSummary& summary) {
  summary.fit = summary_of(set, split.fit);
  summary.validation = summary_of(set, split.validation);
  summary.test = summary_of(set, split.test);
  summary.rows_dropped = split.dropped;
  summary.split_by = split.by;
  summary.validation_from = split.validation_from;
  summary.test_from = split.test_from;
}

}  // namespace handrail::training
