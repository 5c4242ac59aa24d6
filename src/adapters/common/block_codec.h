// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/event/record.h"
#include "ports/outbox.h"
#include "ports/stream_block.h"

// What travels as one message of a stream: consecutive records of one visitor, or news for gateways. The first byte is
// the format; a newer one is refused by name.
namespace handrail {

inline constexpr std::uint8_t kBlockFormat = 1;
// Of news it is also the version of a visitor's state whose structs they hold: 1 has those before 7.
inline constexpr std::uint8_t kNewsFormat = 7;

std::string block_of(std::span<const core::Record> records);
// The stored bytes of the records. kCorrupt: not a block, or a damaged one.
Result<std::vector<std::string>> records_in(std::string_view block);

// A message as consumers of Kinesis get it: `data` in base64, `key` the visitor's.
StreamBlock delivered_block(std::string sequence, std::string_view key, UnixMillis arrived_at, std::string_view data);

// FoldNews and ControlNews do not travel and are left out.
std::string message_of(std::span<const Publication> news);
Result<std::vector<Publication>> news_in(std::string_view message);

}  // namespace handrail
