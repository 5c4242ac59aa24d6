// SPDX-License-Identifier: Apache-2.0
#include "base/packed.h"

#include <lz4.h>

#include <algorithm>

#include "base/check.h"

namespace handrail {

Packed::Packed(std::string_view bytes) : size_(static_cast<std::uint32_t>(bytes.size())) {
  static thread_local std::string scratch;
  const int size = static_cast<int>(bytes.size());
  scratch.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
  const int packed = LZ4_compress_default(bytes.data(), scratch.data(), size, static_cast<int>(scratch.size()));
  check(packed > 0, "LZ4 packs whatever fits its bound");
  packed_size_ = static_cast<std::uint32_t>(packed);
  data_ = std::make_unique_for_overwrite<char[]>(packed_size_);
  std::copy_n(scratch.data(), packed_size_, data_.get());
}

std::string Packed::bytes() const {
  std::string out(size_, '\0');
  if (size_ == 0) return out;
  const int got = LZ4_decompress_safe(data_.get(), out.data(), static_cast<int>(packed_size_), static_cast<int>(size_));
  check(got == static_cast<int>(size_), "what was packed unpacks whole");
  return out;
}

}  // namespace handrail
