// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/format.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/id.h"

namespace handrail::segments {
namespace {

static_assert(std::endian::native == std::endian::little, "the log's integers are written as they lie in memory");

constexpr std::string_view kSegmentMagic = "HRSEGMNT";
constexpr std::uint32_t kBlockMagic = 0x4b4c4248;  // "HBLK"

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <class T>
T get(std::string_view& in) {
  T value;
  std::memcpy(&value, in.data(), sizeof(T));
  in.remove_prefix(sizeof(T));
  return value;
}

}  // namespace

std::string encode(const SegmentHeader& header) {
  std::string out{kSegmentMagic};
  put(out, kFormatVersion);
  put(out, std::uint32_t{0});
  put(out, header.id);
  put(out, header.first);
  put(out, header.file_bytes);
  put(out, hash64(out));
  out.resize(kSegmentHeaderBytes, '\0');
  return out;
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes, std::string& fault) {
  if (bytes.size() < kSegmentHeaderBytes || bytes.substr(0, 8) != kSegmentMagic) {
    fault = "no segment header";
    return std::nullopt;
  }
  std::string_view in = bytes.substr(8);
  const auto version = get<std::uint32_t>(in);
  if (version > kFormatVersion) {
    fault = "format version " + std::to_string(version) + " is newer than this program (it reads up to " +
            std::to_string(kFormatVersion) + "); start the newer program";
    return std::nullopt;
  }
  (void)get<std::uint32_t>(in);
  SegmentHeader header;
  header.id = get<std::uint64_t>(in);
  header.first = get<std::uint64_t>(in);
  header.file_bytes = get<std::uint64_t>(in);
  if (get<std::uint64_t>(in) != hash64(bytes.substr(0, 40))) {
    fault = "the header's checksum is wrong";
    return std::nullopt;
  }
  return header;
}

std::string encode(const BlockHeader& header) {
  std::string out;
  out.reserve(kBlockHeaderBytes);
  put(out, kBlockMagic);
  put(out, header.count);
  put(out, header.segment);
  put(out, header.first);
  put(out, header.log_time);
  put(out, header.payload_bytes);
  put(out, header.flags);
  put(out, header.payload_hash);
  put(out, hash64(out));
  return out;
}

std::optional<BlockHeader> decode_block_header(std::string_view bytes) {
  if (bytes.size() < kBlockHeaderBytes) return std::nullopt;
  std::string_view in = bytes;
  if (get<std::uint32_t>(in) != kBlockMagic) return std::nullopt;
  BlockHeader header;
  header.count = get<std::uint32_t>(in);
  header.segment = get<std::uint64_t>(in);
  header.first = get<std::uint64_t>(in);
  header.log_time = get<UnixMillis>(in);
  header.payload_bytes = get<std::uint32_t>(in);
  header.flags = get<std::uint32_t>(in);
  header.payload_hash = get<std::uint64_t>(in);
  if (get<std::uint64_t>(in) != hash64(bytes.substr(0, kBlockHeaderBytes - 8))) return std::nullopt;
  return header;
}

void append_entry(std::string& payload, const VisitorKey& visitor, std::uint64_t foreign, const core::Record& record) {
  const std::size_t at = payload.size();
  payload.resize(at + kEntryHeaderBytes);
  core::encode_to(payload, record);
  char* place = payload.data() + at;
  const auto bytes = static_cast<std::uint32_t>(payload.size() - at - kEntryHeaderBytes);
  std::memcpy(place, &bytes, 4);
  std::memcpy(place + 4, &visitor.high, 8);
  std::memcpy(place + 12, &visitor.low, 8);
  std::memcpy(place + 20, &foreign, 8);
}

std::optional<Entry> take_entry(std::string_view& payload) {
  if (payload.size() < kEntryHeaderBytes) return std::nullopt;
  const auto bytes = get<std::uint32_t>(payload);
  Entry entry;
  entry.visitor.high = get<std::uint64_t>(payload);
  entry.visitor.low = get<std::uint64_t>(payload);
  entry.foreign = get<std::uint64_t>(payload);
  if (bytes > payload.size()) return std::nullopt;
  entry.record = payload.substr(0, bytes);
  payload.remove_prefix(bytes);
  return entry;
}

std::string encode_clean_mark(Offset end) {
  const std::string number = std::to_string(end);
  return number + " " + id_of({"clean", number}).hex() + "\n";
}

std::optional<Offset> decode_clean_mark(std::string_view text) {
  Offset end = 0;
  std::from_chars(text.data(), text.data() + text.size(), end);
  return text == encode_clean_mark(end) ? std::optional(end) : std::nullopt;
}

}  // namespace handrail::segments
