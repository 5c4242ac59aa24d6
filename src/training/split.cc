// SPDX-License-Identifier: Apache-2.0
#include "training/split.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "training/random.h"

namespace handrail::training {
namespace {

using FirstAt = std::unordered_map<std::uint64_t, UnixMillis>;  // of each visitor

FirstAt first_rows(const TrainingSet& set) {
  FirstAt first;
  for (const TrainingSet::Row& row : set.rows) {
    const auto [found, is_new] = first.try_emplace(row.visitor, row.at);
    if (!is_new) found->second = std::min(found->second, row.at);
  }
  return first;
}

// From when on the last `share` of those times are.
UnixMillis last_share_from(std::vector<UnixMillis> times, double share) {
  std::sort(times.begin(), times.end());
  const auto count = std::llround(static_cast<double>(times.size()) * share);
  const std::size_t last = std::clamp<std::size_t>(static_cast<std::size_t>(count), 1, times.size());
  return times[times.size() - last];
}

Result<void> check_share(double share, const char* field) {
  if (share > 0 && share < 1) return {};
  return fail(ErrorCode::kInvalidArgument, "must be above 0 and below 1", field);
}

Result<void> check_parts(const Split& split) {
  const std::pair<const RowNumbers*, const char*> parts[] = {
      {&split.fit, "fit"}, {&split.validation, "validation"}, {&split.test, "test"}};
  for (const auto& [rows, name] : parts) {
    if (rows->empty())
      return fail(ErrorCode::kInvalidArgument,
                  std::string("the ") + name +
                      " part of the split has no rows: give more visitors, a longer time or another share",
                  name);
  }
  return {};
}

Split by_visitors(const TrainingSet& set, const SplitOptions& options) {
  constexpr std::uint64_t kLots = 10'000;
  const double of_test = options.test_share, of_validation = (1 - of_test) * options.validation_share;
  Split split;
  split.by = SplitBy::kVisitors;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const double lot = static_cast<double>(fold_of(set.rows[i].visitor, kLots, options.seed)) / kLots;
    (lot < of_test ? split.test : lot < of_test + of_validation ? split.validation : split.fit).push_back(i);
  }
  return split;
}

Split by_time(const TrainingSet& set, const SplitOptions& options) {
  const FirstAt first = first_rows(set);
  std::vector<UnixMillis> times;
  for (const auto& [visitor, at] : first) times.push_back(at);
  Split split;
  split.test_from = options.test_from ? *options.test_from : last_share_from(times, options.test_share);
  std::erase_if(times, [&](UnixMillis at) { return at >= split.test_from; });
  if (!times.empty()) split.validation_from = last_share_from(std::move(times), options.validation_share);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const UnixMillis begins = first.at(set.rows[i].visitor), at = set.rows[i].at;
    if (begins >= split.test_from) {
      split.test.push_back(i);
    } else if (at >= split.test_from) {
      ++split.dropped;
    } else if (begins >= split.validation_from) {
      split.validation.push_back(i);
    } else if (at >= split.validation_from) {
      ++split.dropped;
      split.dropped_by_validation.push_back(i);
    } else {
      split.fit.push_back(i);
    }
  }
  return split;
}

}  // namespace

RowNumbers Split::train() const {
  RowNumbers all;
  std::merge(fit.begin(), fit.end(), validation.begin(), validation.end(), std::back_inserter(all));
  RowNumbers with;
  std::merge(all.begin(), all.end(), dropped_by_validation.begin(), dropped_by_validation.end(),
             std::back_inserter(with));
  return with;
}

Result<Split> split_of(const TrainingSet& set, const SplitOptions& options) {
  for (const auto& checked :
       {check_share(options.test_share, "test_share"), check_share(options.validation_share, "validation_share")}) {
    if (!checked) return pass_on(checked);
  }
  if (set.rows.empty()) return fail(ErrorCode::kInvalidArgument, "the training set has no rows", "rows");
  Split split = options.by == SplitBy::kTime ? by_time(set, options) : by_visitors(set, options);
  if (auto checked = check_parts(split); !checked) return pass_on(checked);
  return split;
}

Labels labels_of(const TrainingSet& set, const RowNumbers& rows) {
  Labels labels;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TrainingSet::Row& row = set.rows[rows[i]];
    if (i + 1 < rows.size() && set.rows[rows[i + 1]].journey == row.journey) continue;
    ++(row.is_exit ? labels.exits : labels.others);
  }
  return labels;
}

}  // namespace handrail::training
