// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace handrail {

// "https://name:password@host/path" as it may be shown: "https://host/path". What is no URL stays as it is.
std::string without_login(std::string_view url);

}  // namespace handrail
