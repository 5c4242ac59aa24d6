// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
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

}  // namespace handrail
