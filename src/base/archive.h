// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.h"

namespace handrail {

// Binary codec for what is stored: each struct names its members once, in
//   template <class Archive> void fields(Archive& a, S& s) { a(s.x, s.y); }
// found by argument-dependent lookup, and the same list writes and reads. Integers are LEB128 varints (signed ones
// zig-zagged), strings and vectors carry their length. Not self-describing: the container carries a version, which the
// reader is told, so that members which came later are read by `if (a.since(4)) a(s.z)`. What has no container of its
// own ends with what came later, read by `if (a.more()) a(s.z)`.
class ArchiveWriter {
 public:
  static constexpr bool kReading = false;
  bool since(std::uint8_t version) const { return version_ >= version; }
  static constexpr bool more() { return true; }
  // An older version is written by tests alone.
  explicit ArchiveWriter(std::string& out, std::uint8_t version = 255) : out_(out), version_(version) {}

  template <class... Values>
  void operator()(const Values&... values) {
    (write(values), ...);
  }

 private:
  void varint(std::uint64_t value) {
    if (value < 0x80) return out_.push_back(static_cast<char>(value));
    char bytes[10];
    std::size_t count = 0;
    for (; value >= 0x80; value >>= 7) bytes[count++] = static_cast<char>(value | 0x80);
    bytes[count++] = static_cast<char>(value);
    out_.append(bytes, count);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(value ? 1 : 0);
    } else if constexpr (std::is_enum_v<T>) {
      varint(static_cast<std::uint64_t>(value));
    } else if constexpr (std::unsigned_integral<T>) {
      varint(value);
    } else if constexpr (std::signed_integral<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      varint(static_cast<std::uint64_t>(wide) << 1 ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (std::is_base_of_v<Id128, T>) {
      fixed(value.high);
      fixed(value.low);
    } else if constexpr (std::is_same_v<T, std::string>) {
      varint(value.size());
      out_.append(value);
    } else {
      fields(*this, const_cast<T&>(value));
    }
  }

  template <class T>
  void write(const std::vector<T>& values) {
    varint(values.size());
    for (const T& value : values) write(value);
  }

  template <class T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }

  void fixed(std::uint64_t word) {
    char bytes[8];
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(word >> (8 * i) & 0xff);
    out_.append(bytes, sizeof(bytes));
  }

  std::string& out_;
  std::uint8_t version_;
};

// Never reads past the end: after the first fault every further value stays as it was and ok() is false.
class ArchiveReader {
 public:
  static constexpr bool kReading = true;
  explicit ArchiveReader(std::string_view in, std::uint8_t version = 255) : in_(in), version_(version) {}

  bool since(std::uint8_t version) const { return version_ >= version; }
  bool more() const { return ok_ && !in_.empty(); }
  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  std::string_view rest() const { return in_; }
  void fail() { ok_ = false; }

  template <class... Values>
  void operator()(Values&... values) {
    (read(values), ...);
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !in_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  template <class T>
  void read(T& value) {
    if (!ok_) return;
    if constexpr (std::is_same_v<T, bool>) {
      value = varint() != 0;
    } else if constexpr (std::is_enum_v<T>) {
      const std::uint64_t raw = varint();
      if (raw >= enum_end(T{})) return fail();  // each stored enum says how many values it has
      value = static_cast<T>(raw);
    } else if constexpr (std::unsigned_integral<T>) {
      value = static_cast<T>(varint());
    } else if constexpr (std::signed_integral<T>) {
      const std::uint64_t raw = varint();
      value = static_cast<T>(static_cast<std::int64_t>(raw >> 1 ^ (~(raw & 1) + 1)));
    } else if constexpr (std::is_base_of_v<Id128, T>) {
      value.high = fixed();
      value.low = fixed();
    } else if constexpr (std::is_same_v<T, std::string>) {
      const std::uint64_t size = varint();
      if (!ok_ || size > in_.size()) return fail();
      value.assign(in_.substr(0, size));
      in_.remove_prefix(size);
    } else {
      fields(*this, value);
    }
  }

  template <class T>
  void read(std::vector<T>& values) {
    if (!ok_) return;
    const std::uint64_t count = varint();
    if (!ok_ || count > in_.size()) return fail();  // each element takes at least a byte
    values.clear();
    values.reserve(count);
    for (std::uint64_t i = 0; i < count && ok_; ++i) read(values.emplace_back());
  }

  template <class T>
  void read(std::optional<T>& value) {
    bool present = false;
    read(present);
    if (present && ok_) {
      read(value.emplace());
    } else {
      value.reset();
    }
  }

  std::uint64_t fixed() {
    if (in_.size() < 8) {
      fail();
      return 0;
    }
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word |= static_cast<std::uint64_t>(static_cast<unsigned char>(in_[i])) << (8 * i);
    in_.remove_prefix(8);
    return word;
  }

  std::string_view in_;
  std::uint8_t version_;
  bool ok_ = true;
};

template <class T>
std::string archived(const T& value) {
  std::string out;
  ArchiveWriter{out}(value);
  return out;
}

// The value, or nothing when the bytes are not exactly one.
template <class T>
std::optional<T> unarchived(std::string_view bytes, std::uint8_t version = 255) {
  T value{};
  ArchiveReader reader{bytes, version};
  reader(value);
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return value;
}

}  // namespace handrail
