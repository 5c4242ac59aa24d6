// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail::training {

// Bytes of a file, piece by piece; unpacked where it is compressed with gzip, xz, zstd or bzip2, which its first bytes
// tell. Not thread-safe; blocks on I/O.
class Input {
 public:
  static constexpr std::uint64_t kBytesMax = std::uint64_t{64} << 30;  // unpacked: a bomb ends here

  // kNotFound, or kInvalidArgument where it is no file.
  static Result<std::unique_ptr<Input>> open(const std::filesystem::path& file);
  // Of a text, in pieces of so many bytes: for tests.
  static std::unique_ptr<Input> of_text(std::string text, std::size_t piece = 64 << 10);

  virtual ~Input() = default;
  // The next piece, good until the next call; empty: the end. kCorrupt: the compressed file is damaged or cut short.
  virtual Result<std::string_view> more() = 0;
};

// One byte after another. The first error of the input stays, and looks like its end meanwhile.
class Bytes {
 public:
  static constexpr int kEnd = -1;

  explicit Bytes(Input& input) : input_(input) {}

  int peek() {
    if (at_ == piece_.size() && !refill()) return kEnd;
    return static_cast<unsigned char>(piece_[at_]);
  }
  int take() {
    const int byte = peek();
    if (byte != kEnd) ++at_;
    return byte;
  }
  // What is at hand up to the first of three bytes, and at most `limit` of it; taken. Empty where one of them is next.
  std::string_view take_until_any(char a, char b, char c, std::size_t limit);
  const std::optional<Error>& fault() const { return fault_; }

 private:
  bool refill();

  Input& input_;
  std::string_view piece_;
  std::size_t at_ = 0;
  bool is_over_ = false;
  std::optional<Error> fault_;
};

// Takes the mark (BOM) that some programs put before UTF-8. kInvalidArgument: the file is UTF-16.
Result<void> take_byte_order_mark(Bytes& bytes);

}  // namespace handrail::training
