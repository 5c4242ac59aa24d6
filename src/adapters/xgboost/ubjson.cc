// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/ubjson.h"

#include <bit>
#include <boost/json.hpp>
#include <cstring>
#include <optional>

namespace handrail::xgboost {

namespace json = boost::json;

namespace {

constexpr int kDepthMax = 64;

// Reads on from a place; the first fault ends all reading.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<json::value> document() {
    json::value value = this->value(take(), 0);
    if (!fault_ && at_ != bytes_.size()) refuse("something follows the value");
    if (fault_) return tl::unexpected(*fault_);
    return value;
  }

 private:
  void refuse(const char* what) {
    if (fault_) return;
    fault_ = Error{ErrorCode::kInvalidArgument, "UBJSON, byte " + std::to_string(at_) + ": " + what};
  }

  char take() {
    if (fault_ || at_ == bytes_.size()) {
      refuse("it ends too soon");
      return 0;
    }
    return bytes_[at_++];
  }

  char peek() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }

  // Big-endian.
  template <class Word>
  Word word() {
    if (fault_ || bytes_.size() - at_ < sizeof(Word)) {
      refuse("it ends too soon");
      return 0;
    }
    Word out = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i)
      out = static_cast<Word>(out << 8 | static_cast<std::uint8_t>(bytes_[at_ + i]));
    at_ += sizeof(Word);
    return out;
  }

  std::optional<std::int64_t> integer(char type) {
    switch (type) {
      case 'i':
        return static_cast<std::int8_t>(word<std::uint8_t>());
      case 'U':
        return word<std::uint8_t>();
      case 'I':
        return static_cast<std::int16_t>(word<std::uint16_t>());
      case 'l':
        return static_cast<std::int32_t>(word<std::uint32_t>());
      case 'L':
        return static_cast<std::int64_t>(word<std::uint64_t>());
      default:
        return std::nullopt;
    }
  }

  std::size_t length() {
    const auto length = integer(take());
    if (!length || *length < 0 || static_cast<std::uint64_t>(*length) > bytes_.size()) {
      refuse("a length is no number, or beyond the end");
      return 0;
    }
    return static_cast<std::size_t>(*length);
  }

  std::string_view text(std::size_t length) {
    if (fault_ || bytes_.size() - at_ < length) {
      refuse("it ends too soon");
      return {};
    }
    at_ += length;
    return bytes_.substr(at_ - length, length);
  }

  json::value value(char type, int depth) {
    if (depth > kDepthMax) refuse("nested too deeply");
    if (fault_) return nullptr;
    if (const auto number = integer(type)) return *number;
    switch (type) {
      case 'Z':
        return nullptr;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'd':
        return static_cast<double>(std::bit_cast<float>(word<std::uint32_t>()));
      case 'D':
        return std::bit_cast<double>(word<std::uint64_t>());
      case 'C':
        return json::string(text(1));
      case 'S':
        return json::string(text(length()));
      case '[':
        return array(depth);
      case '{':
        return object(depth);
      default:
        refuse("no such type");
        return nullptr;
    }
  }

  // "$" with a type, and "#" with a count, may come before the members.
  struct Header {
    char type = 0;
    std::optional<std::size_t> count;
  };
  Header header() {
    Header header;
    if (peek() == '$') {
      take();
      header.type = take();
      if (peek() != '#') refuse("a type of all members without their count");
    }
    if (!fault_ && peek() == '#') {
      take();
      header.count = length();
    }
    return header;
  }

  json::value array(int depth) {
    const Header head = header();
    json::array out;
    if (head.count) out.reserve(*head.count);
    while (!fault_ && (head.count ? out.size() < *head.count : peek() != ']'))
      out.push_back(value(head.type != 0 ? head.type : take(), depth + 1));
    if (!head.count) take();
    return out;
  }

  json::value object(int depth) {
    const Header head = header();
    json::object out;
    for (std::size_t i = 0; !fault_ && (head.count ? i < *head.count : peek() != '}'); ++i) {
      const std::string_view name = text(length());
      out.insert_or_assign(name, value(head.type != 0 ? head.type : take(), depth + 1));
    }
    if (!head.count) take();
    return out;
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
  std::optional<Error> fault_;
};

}  // namespace

Result<json::value> parse_ubjson(std::string_view bytes) { return Reader(bytes).document(); }

}  // namespace handrail::xgboost
