// SPDX-License-Identifier: Apache-2.0
#include "gateway/gzip.h"

#include <zlib.h>

#include <array>

namespace handrail::gateway {

Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max) {
  z_stream stream{};
  static constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK)
    return fail(ErrorCode::kUnavailable, "unavailable: no memory for unpacking");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 16 << 10> chunk;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= bytes_max) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk.data(), chunk.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > bytes_max)
    return fail(ErrorCode::kLimitExceeded, "body_too_large: the body unpacks to more than the limit", "body",
                static_cast<std::int64_t>(bytes_max));
  if (state != Z_STREAM_END)
    return fail(ErrorCode::kInvalidArgument, "invalid_gzip: the body is not whole gzip", "body");
  return out;
}

}  // namespace handrail::gateway
