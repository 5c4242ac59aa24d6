// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail {

// All of a file. kNotFound: there is none; `what` it would be is for people. kLimitExceeded: more than `bytes_max`.
Result<std::string> read_file(const std::filesystem::path& file, const std::string& what, std::size_t bytes_max);

// Written beside, then put in place: a file of that name is never half of one.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace handrail
