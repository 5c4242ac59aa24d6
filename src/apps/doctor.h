// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/load.h"

namespace handrail {

enum class Verdict : std::uint8_t { kOk, kWarn, kFail };

// One thing looked at: what was found, and what to do about it where it is not well.
struct Finding {
  std::string check;
  Verdict verdict = Verdict::kOk;
  std::string found;
  std::string todo;
};

// Each looks at one thing and changes nothing that stays.
Finding check_configuration(const LoadedConfig& loaded);
Finding check_data_folder(const std::filesystem::path& data);
Finding check_disk(const std::filesystem::path& data, const Config& config);
Finding check_sync(const std::filesystem::path& data);
Finding check_files(const Config& config);
Finding check_memory(const Config& config);
Finding check_cpus(const Config& config);
Finding check_clock();
Finding check_port(const Config& config);

}  // namespace handrail
