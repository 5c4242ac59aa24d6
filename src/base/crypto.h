// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace handrail {

// OpenSSL's, as functions of bytes. Each throws std::runtime_error where the library itself fails.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string random_bytes(std::size_t count);  // from the system, fit for secrets
// Takes the same time wherever two texts of one length differ.
bool is_equal_secret(std::string_view one, std::string_view other);

}  // namespace handrail
