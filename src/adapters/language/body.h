// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// The bodies that services of language models send, around the model's own text.
namespace handrail::language {

inline constexpr std::size_t kBodyBytesMax = 256 * 1024;  // thoughts are long; an answer is not
inline constexpr std::size_t kBodyDepthMax = 24;

// kCorrupt: too long, or no JSON object.
Result<boost::json::object> body_in(std::string_view body);

// A count of tokens; 0 where there is none.
std::uint32_t tokens_at(const boost::json::object& usage, std::string_view name);

// Another's words for an error message: on one line, not too many, without the secret that it may have repeated.
std::string spoken(std::string words, std::string_view secret);

}  // namespace handrail::language
