// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace handrail::gateway {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr int kMappedBits = 96;  // in front of an IPv4 address that is written as IPv6

std::optional<Bytes> address_in(std::string_view text, bool& is_v4) {
  const std::string name(text);
  Bytes bytes{};
  is_v4 = name.find(':') == std::string::npos;
  if (!is_v4) return inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1 ? std::optional(bytes) : std::nullopt;
  bytes[10] = bytes[11] = 0xff;
  return inet_pton(AF_INET, name.c_str(), bytes.data() + 12) == 1 ? std::optional(bytes) : std::nullopt;
}

bool agree(const Bytes& one, const Bytes& other, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(one.begin(), one.begin() + bits / 8, other.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& ranges) {
  TrustedProxies proxies;
  for (const std::string& text : ranges) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    bool is_v4 = false;
    const auto address = address_in(std::string_view(text).substr(0, slash), is_v4);
    const int most = is_v4 ? 32 : 128;
    int bits = most;
    const char* const end = text.data() + text.size();
    const bool has_bits = slash < text.size();
    const auto read = has_bits ? std::from_chars(text.data() + slash + 1, end, bits) : std::from_chars_result{end, {}};
    if (!address || read.ec != std::errc{} || read.ptr != end || bits < 0 || bits > most)
      return fail(ErrorCode::kInvalidArgument,
                  "server.trusted_proxies: \"" + text + "\" is no address or range (10.0.0.5, 10.0.0.0/8, fd00::/8)",
                  "server.trusted_proxies");
    proxies.ranges_.push_back({*address, is_v4 ? bits + kMappedBits : bits});
  }
  return proxies;
}

bool TrustedProxies::holds(std::string_view text) const {
  bool is_v4 = false;
  const auto address = address_in(text, is_v4);
  return address && std::ranges::any_of(ranges_, [&](const Range& r) { return agree(r.address, *address, r.bits); });
}

void TrustedProxies::resolve(HttpRequest& request) const {
  if (ranges_.empty() || !holds(request.peer)) return;
  request.is_secure = request.header("x-forwarded-proto") == "https";
  std::string_view chain = request.header("x-forwarded-for");
  while (!chain.empty()) {
    const std::size_t comma = chain.rfind(',');
    const std::string_view address = trimmed(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
    bool is_v4 = false;
    if (!address_in(address, is_v4)) return;  // what a stranger made up does not count
    request.peer = std::string(address);
    if (!holds(address) || comma == std::string_view::npos) return;
    chain = chain.substr(0, comma);
  }
}

}  // namespace handrail::gateway
