// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/config.h"
#include "gateway/gateway.h"

namespace handrail {

// "127.0.0.1:8080" -> address and port.
struct Listen {
  std::string address;
  std::uint16_t port = 0;
  bool is_loopback() const { return address.starts_with("127.") || address == "::1"; }
  std::string in_url() const { return address.find(':') == std::string::npos ? address : "[" + address + "]"; }
};
Result<Listen> parse_listen(const std::string& text);

// A gateway's options, wherever its records go.
Result<gateway::GatewayOptions> gateway_options(const Config& config, const Listen& listen, bool serve_demo);

}  // namespace handrail
