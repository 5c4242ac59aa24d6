// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/xgboost/model_document.h"
#include "base/result.h"

namespace handrail::xgboost {

// The model.tar.gz of SageMaker's built-in XGBoost container: a tar, mostly in gzip, with a booster's file in it that
// is called xgboost-model. Everything here is in memory, thread-safe, and nothing from an archive is written to disk.

inline constexpr std::string_view kArchivedName = "xgboost-model";

inline constexpr std::size_t kArchiveBytesMax = 256 << 20;  // packed

struct ArchiveLimits {
  std::uint64_t unpacked_bytes_max = kModelBytesMax;  // of all entries together: a bomb ends here
  std::uint64_t entries_max = 100;
};

struct ArchivedModel {
  std::string name;                   // within the archive
  std::string file;                   // for model_in()
  std::vector<std::string> left_out;  // other files of the archive
};

// By its first bytes: gzip or tar. A booster's file is neither.
bool is_archive(std::string_view bytes);

// The file named xgboost-model in the archive's top folder; where there is none, the one that ends in .json or .ubj.
// kInvalidArgument: no such file, or several; a pickle, which is named with the way to save it again; a path that is
// absolute or leads outside; links and devices. kLimitExceeded: ArchiveLimits. kCorrupt: damaged or cut short.
Result<ArchivedModel> model_in_archive(std::string_view archive, const ArchiveLimits& limits = {});

// The archive with this file in it as xgboost-model. The same file gives the same bytes.
Result<std::string> archive_of_model(std::string_view file);

}  // namespace handrail::xgboost
