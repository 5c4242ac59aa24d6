// SPDX-License-Identifier: Apache-2.0
#include "training/columns.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "core/risk/figures.h"
#include "training/overlap.h"
#include "training/random.h"

namespace handrail::training {
namespace {

// A value as it is told apart: all that is missing is one, and so are the zeros.
std::uint64_t identity(float value) {
  if (std::isnan(value)) return std::uint64_t{1} << 32;
  return std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value);
}

// One column, whichever of the two kinds it is.
struct Column {
  const TrainingSet& set;
  std::size_t place;
  bool is_category;

  std::uint64_t at(std::size_t row) const {
    return is_category ? set.categories_of(row)[place] : identity(set.numbers_of(row)[place]);
  }
  const std::string& name() const { return is_category ? set.category_names[place] : set.number_names[place]; }
};

bool is_constant(const Column& column, const RowNumbers& rows) {
  for (const std::size_t row : rows) {
    if (column.at(row) != column.at(rows.front())) return false;
  }
  return true;
}

bool is_same(const Column& a, const Column& b, const RowNumbers& rows) {
  for (const std::size_t row : rows) {
    if (a.at(row) != b.at(row)) return false;
  }
  return true;
}

std::uint64_t hash_of(const Column& column, const RowNumbers& rows) {
  std::uint64_t hash = column.is_category ? 1 : 0;
  for (const std::size_t row : rows) hash = mixed(hash ^ column.at(row)) + 1;
  return hash;
}

std::vector<float> number_column(const TrainingSet& set, const RowNumbers& rows, std::size_t place) {
  std::vector<float> values;
  values.reserve(rows.size());
  for (const std::size_t row : rows) values.push_back(set.numbers_of(row)[place]);
  return values;
}

std::vector<std::uint64_t> category_column(const TrainingSet& set, const RowNumbers& rows, std::size_t place) {
  std::vector<std::uint64_t> values;
  values.reserve(rows.size());
  for (const std::size_t row : rows) values.push_back(set.categories_of(row)[place]);
  return values;
}

class Picking {
 public:
  Picking(const TrainingSet& set, const RowNumbers& earlier, const RowNumbers& later)
      : set_(set), earlier_(earlier), later_(later), rows_(earlier) {
    rows_.insert(rows_.end(), later.begin(), later.end());
  }

  void take(std::size_t place, bool is_category) {
    const Column column{set_, place, is_category};
    if (is_constant(column, rows_)) {
      columns_.dropped.push_back({column.name(), DroppedColumn::Why::kConstant, {}});
      return;
    }
    if (is_elsewhere(column)) {
      columns_.dropped.push_back({column.name(), DroppedColumn::Why::kElsewhere, {}});
      return;
    }
    std::vector<Column>& alike = seen_[hash_of(column, rows_)];
    for (const Column& other : alike) {
      if (!is_same(column, other, rows_)) continue;
      columns_.dropped.push_back({column.name(), DroppedColumn::Why::kSame, other.name()});
      return;
    }
    alike.push_back(column);
    (is_category ? columns_.categories : columns_.numbers).push_back(place);
  }
  Columns done() { return std::move(columns_); }

 private:
  bool is_elsewhere(const Column& column) const {
    const double common =
        column.is_category
            ? overlap(category_column(set_, earlier_, column.place), category_column(set_, later_, column.place))
            : overlap(number_column(set_, earlier_, column.place), number_column(set_, later_, column.place));
    return common < kOverlapLeast;
  }

  const TrainingSet& set_;
  const RowNumbers& earlier_;
  const RowNumbers& later_;
  RowNumbers rows_;
  Columns columns_;
  std::unordered_map<std::uint64_t, std::vector<Column>> seen_;
};

Result<void> check_names(const TrainingSet& set) {
  std::unordered_set<std::string> seen;
  for (const auto* names : {&set.number_names, &set.category_names}) {
    for (const std::string& name : *names) {
      if (name.empty()) return fail(ErrorCode::kInvalidArgument, "a column has no name", "columns");
      if (!seen.insert(name).second)
        return fail(ErrorCode::kInvalidArgument, "there are two columns \"" + name + "\"", name);
    }
  }
  return {};
}

// How well the values alone tell the labels apart, whichever way they lean.
double apart(std::vector<double> values, const std::vector<double>& labels) {
  const double of = auc({std::move(values), labels});
  return std::isnan(of) ? 0.5 : std::max(of, 1 - of);
}

Result<void> check_leak(const std::string& name, const char* what, double auc) {
  if (auc <= kLeakAuc) return {};
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("column \"{}\" gives the outcome away: {} alone tells exits from others with an AUC of {:.4f} "
                  "(limit {}). It is probably written with the outcome or after it; leave it out",
                  name, what, auc, kLeakAuc),
      name);
}

// A missing value stands at the very low end, then at the very high end: either may tell.
Result<void> check_leak(const std::string& name, const std::vector<float>& values, const std::vector<double>& labels) {
  std::vector<double> low, high, missing;
  for (const float value : values) {
    const bool is_missing = std::isnan(value);
    low.push_back(is_missing ? -INFINITY : value);
    high.push_back(is_missing ? INFINITY : value);
    missing.push_back(is_missing ? 1 : 0);
  }
  if (auto checked = check_leak(name, "whether its value is missing", apart(std::move(missing), labels)); !checked)
    return checked;
  return check_leak(name, "its value", std::max(apart(std::move(low), labels), apart(std::move(high), labels)));
}

std::vector<float> side_by_side(const std::vector<std::vector<float>>& columns, std::size_t rows) {
  std::vector<float> out(rows * columns.size());
  for (std::size_t column = 0; column < columns.size(); ++column) {
    for (std::size_t row = 0; row < rows; ++row) out[row * columns.size() + column] = columns[column][row];
  }
  return out;
}

std::vector<std::vector<float>> number_columns(const TrainingSet& set, const RowNumbers& rows, const Columns& columns) {
  std::vector<std::vector<float>> out;
  for (const std::size_t place : columns.numbers) out.push_back(number_column(set, rows, place));
  return out;
}

}  // namespace

std::vector<std::string> Columns::names(const TrainingSet& set) const {
  std::vector<std::string> out;
  for (const std::size_t place : numbers) out.push_back(set.number_names[place]);
  for (const std::size_t place : categories) out.push_back(set.category_names[place]);
  return out;
}

Result<Columns> telling_columns(const TrainingSet& set, const RowNumbers& earlier, const RowNumbers& later) {
  if (auto checked = check_names(set); !checked) return pass_on(checked);
  Picking picking(set, earlier, later);
  for (std::size_t i = 0; i < set.number_names.size(); ++i) picking.take(i, false);
  for (std::size_t i = 0; i < set.category_names.size(); ++i) picking.take(i, true);
  Columns columns = picking.done();
  if (columns.size() == 0)
    return fail(ErrorCode::kInvalidArgument,
                "every column is constant, or of a time that is over: there is nothing to learn from", "columns");
  return columns;
}

Result<void> check_leaks(const TrainingSet& set, const RowNumbers& rows, const Columns& columns) {
  std::vector<double> labels;
  for (const std::size_t row : rows) labels.push_back(set.rows[row].is_exit ? 1 : 0);
  for (const std::size_t place : columns.numbers) {
    if (auto checked = check_leak(set.number_names[place], number_column(set, rows, place), labels); !checked)
      return checked;
  }
  for (const std::size_t place : columns.categories) {
    if (auto checked = check_leak(set.category_names[place], out_of_fold(set, rows, place, {}), labels); !checked)
      return checked;
  }
  return {};
}

std::vector<float> features_of(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                               const std::vector<core::CategoryEncoding>& encodings) {
  std::vector<std::vector<float>> all = number_columns(set, rows, columns);
  for (std::size_t i = 0; i < columns.categories.size(); ++i) {
    std::vector<float>& values = all.emplace_back();
    for (const std::size_t row : rows) values.push_back(encodings[i].of(set.categories_of(row)[columns.categories[i]]));
  }
  return side_by_side(all, rows.size());
}

std::vector<float> features_out_of_fold(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                                        const EncodingOptions& options) {
  std::vector<std::vector<float>> all = number_columns(set, rows, columns);
  for (const std::size_t place : columns.categories) all.push_back(out_of_fold(set, rows, place, options));
  return side_by_side(all, rows.size());
}

std::vector<core::CategoryEncoding> encodings_of(const TrainingSet& set, const RowNumbers& rows, const Columns& columns,
                                                 const EncodingOptions& options) {
  std::vector<core::CategoryEncoding> encodings;
  for (const std::size_t place : columns.categories) encodings.push_back(encoding_of(set, rows, place, options));
  return encodings;
}

}  // namespace handrail::training
