// SPDX-License-Identifier: Apache-2.0
#include "base/packed.h"

#include <lz4.h>

#include <algorithm>

#include "base/check.h"

namespace handrail {

namespace {

// One LZ4 block, in memory that is used again.
std::string_view lz4_block_of(std::string_view bytes) {
  static thread_local std::string scratch;
  const int size = static_cast<int>(bytes.size());
  scratch.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
  const int packed = LZ4_compress_default(bytes.data(), scratch.data(), size, static_cast<int>(scratch.size()));
  check(packed > 0, "LZ4 packs whatever fits its bound");
  return std::string_view(scratch).substr(0, static_cast<std::size_t>(packed));
}

constexpr std::size_t kSizeBytes = 4;

}  // namespace

Packed::Packed(std::string_view bytes) : size_(static_cast<std::uint32_t>(bytes.size())) {
  const std::string_view block = lz4_block_of(bytes);
  packed_size_ = static_cast<std::uint32_t>(block.size());
  data_ = std::make_unique_for_overwrite<char[]>(packed_size_);
  std::ranges::copy(block, data_.get());
}

std::string Packed::bytes() const {
  std::string out(size_, '\0');
  if (size_ == 0) return out;
  const int got = LZ4_decompress_safe(data_.get(), out.data(), static_cast<int>(packed_size_), static_cast<int>(size_));
  check(got == static_cast<int>(size_), "what was packed unpacks whole");
  return out;
}

std::string packed_bytes(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < kSizeBytes; ++i) out.push_back(static_cast<char>(bytes.size() >> (8 * i) & 0xff));
  return out.append(lz4_block_of(bytes));
}

std::optional<std::string> unpacked_bytes(std::string_view packed, std::size_t size_max) {
  if (packed.size() < kSizeBytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i)
    size |= static_cast<std::size_t>(static_cast<unsigned char>(packed[i])) << (8 * i);
  if (size > size_max) return std::nullopt;
  std::string out(size, '\0');
  const std::string_view block = packed.substr(kSizeBytes);
  const int got = LZ4_decompress_safe(block.data(), out.data(), static_cast<int>(block.size()), static_cast<int>(size));
  return got == static_cast<int>(size) ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace handrail
