// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace handrail {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::uint64_t> parse_word(std::string_view sixteen_digits) {
  std::uint64_t word = 0;
  for (char c : sixteen_digits) {
    const int value = digit_value(c);
    if (value < 0) return std::nullopt;
    word = word << 4 | static_cast<std::uint64_t>(value);
  }
  return word;
}

void put_word(std::string& out, std::uint64_t word) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(word >> shift & 0xff));
}

std::uint64_t get_word(std::string_view eight) {
  std::uint64_t word = 0;
  for (char c : eight) word = word << 8 | static_cast<unsigned char>(c);
  return word;
}

}  // namespace

std::uint64_t hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string Id128::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(32, '0');
  for (int i = 0; i < 16; ++i) {
    out[15 - i] = kDigits[high >> (4 * i) & 15];
    out[31 - i] = kDigits[low >> (4 * i) & 15];
  }
  return out;
}

std::string Id128::bytes() const {
  std::string out;
  out.reserve(16);
  put_word(out, high);
  put_word(out, low);
  return out;
}

std::optional<Id128> Id128::parse(std::string_view hex) {
  if (hex.size() != 32) return std::nullopt;
  const auto high = parse_word(hex.substr(0, 16));
  const auto low = parse_word(hex.substr(16));
  if (!high || !low) return std::nullopt;
  return Id128{*high, *low};
}

Id128 Id128::from_bytes(std::string_view sixteen) {
  return {get_word(sixteen.substr(0, 8)), get_word(sixteen.substr(8, 8))};
}

Id128 id_of(std::initializer_list<std::string_view> parts) {
  std::size_t bytes = 0;
  for (std::string_view part : parts) bytes += 8 + part.size();
  std::array<char, 256> small;  // ids are made several times an event: the usual ones without an allocation
  std::string large;
  if (bytes > small.size()) large.resize(bytes);
  char* const joined = bytes > small.size() ? large.data() : small.data();
  char* at = joined;
  for (std::string_view part : parts) {
    const std::uint64_t size = __builtin_bswap64(part.size());  // big-endian, as the ids of stored data were made
    std::memcpy(at, &size, 8);
    at = std::copy(part.begin(), part.end(), at + 8);
  }
  const XXH128_hash_t hash = XXH3_128bits(joined, bytes);
  return {hash.high64, hash.low64};
}

VisitorKey visitor_key(std::string_view site, std::string_view visitor) {
  return VisitorKey{id_of({"visitor", site, visitor})};
}

}  // namespace handrail
