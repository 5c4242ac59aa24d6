// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace handrail::telemetry {

// The program's log: one line each on standard error, with time and severity. Never what a visitor sent. Thread-safe.
void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

}  // namespace handrail::telemetry
