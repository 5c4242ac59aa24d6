// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace handrail {

// Bytes as text and back. Reading takes exactly what writing gives (hex in either case, Base64 with or without its
// padding), and nothing where a character is not of the alphabet.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);
std::string to_base64url(std::string_view bytes);  // RFC 4648 §5, without padding
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64(std::string_view bytes);                  // §4, padded
std::optional<std::string> from_base64(std::string_view text);  // §4

}  // namespace handrail
