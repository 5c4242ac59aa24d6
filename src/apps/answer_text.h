// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>

#include "apps/http_client.h"

// What a running server answered to a command, for people.
namespace handrail {

// Prints the body, as it is or by `print`; of a refusal its words. Returns the exit code.
int report(const Result<HttpClient::Answer>& answer, bool as_json,
           const std::function<void(const boost::json::value&)>& print);

std::string text(const boost::json::value& object, const char* name);     // "-" where absent or null
std::string time_of(const boost::json::value& object, const char* name);  // UTC

}  // namespace handrail
