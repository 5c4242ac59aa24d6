// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "core/risk/features.h"
#include "training/extraction.h"
#include "training/sources/input.h"

// The two files that `handrail training-set` writes, read back.
namespace handrail::training {

inline constexpr std::size_t kSchemaBytesMax = 4 << 20;
inline constexpr std::size_t kRowsMax = 20'000'000;

struct RowsSchema {
  core::FeatureRecipe recipe;
  std::uint64_t rows = 0;  // of the table
};
// kInvalidArgument names the member that is not as it was written: no JSON, another version of features, a hash that
// the columns do not have.
Result<RowsSchema> rows_schema_in(std::string_view json);

// The table, with as much of the counts as it shows. kInvalidArgument names the line and column of what cannot be read,
// and tells of rows that are not all there or not in the order they were written in: a journey's together, journeys by
// time.
Result<Extracted> read_rows(std::unique_ptr<Input> table, const RowsSchema& schema);

}  // namespace handrail::training
