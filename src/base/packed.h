// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace handrail {

// Bytes held compressed (LZ4) in exactly the memory they need: for what is kept in great number and seldom looked at.
class Packed {
 public:
  Packed() = default;
  explicit Packed(std::string_view bytes);  // at most 1 GiB
  std::string bytes() const;
  std::size_t size() const { return packed_size_; }  // in memory

 private:
  std::unique_ptr<char[]> data_;
  std::uint32_t packed_size_ = 0;
  std::uint32_t size_ = 0;
};

// The same as bytes to store: their size (4 bytes, little-endian), then one LZ4 block. Nothing: damaged, or larger than
// `size_max` unpacked.
std::string packed_bytes(std::string_view bytes);  // at most 1 GiB
std::optional<std::string> unpacked_bytes(std::string_view packed, std::size_t size_max);

}  // namespace handrail
