// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/result.h"
#include "core/analysis/grounding.h"

namespace handrail::language {

inline constexpr std::size_t kReplyBytesMax = 64 * 1024;  // of a model's text
inline constexpr std::size_t kReplyDepthMax = 8;          // of objects and lists in one another
inline constexpr std::size_t kReplyItemsMax = 32;         // of one list; asked for are 3

// The first JSON object in a model's text, whatever is around it: thoughts (<think>), words, code fences. kCorrupt,
// with the member that is wrong: there is none, or one of another form. That what it says is true, nobody has checked.
Result<core::AnalystReply> reply_in(std::string_view text);

// The same of an object that was read already: what a tool was called with. A member twice: the last counts.
Result<core::AnalystReply> reply_of(const boost::json::object& answer);

}  // namespace handrail::language
