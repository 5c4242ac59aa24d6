// SPDX-License-Identifier: Apache-2.0
#include "apps/gateway_options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "apps/program.h"
#include "base/text.h"
#include "gateway/rules_document.h"

namespace handrail {
namespace {

gateway::ServerOptions server_options(const Config& config, const Listen& listen) {
  gateway::ServerOptions o;
  o.address = listen.address;
  o.port = listen.port;
  o.header_bytes_max = static_cast<std::size_t>(config.server.header_bytes_max);
  o.body_bytes_max = static_cast<std::size_t>(config.server.body_bytes_max);
  o.connections_max = static_cast<std::size_t>(config.server.connections_max);
  o.request_within = config.server.request_within_ms;
  o.idle_within = config.server.idle_within_ms;
  o.write_within = config.server.write_within_ms;
  o.heartbeat_every = config.server.heartbeat_ms;
  o.stream_waiting_bytes_max = static_cast<std::size_t>(config.server.stream_waiting_bytes_max);
  return o;
}

// On loopback, called by loopback's names, the server is a developer's own and open. A name of its own means that
// others are meant to reach it, by a proxy if not directly.
void set_access(gateway::GatewayOptions& o, const Config& config, const Listen& listen) {
  o.hosts = items_in(config.server.hosts, ',');
  o.guard = {listen.is_loopback() && o.hosts.empty(), static_cast<std::uint32_t>(config.access.failed_tries_max),
             config.access.token_minutes * kMinute, config.access.sign_in_hours * kHour};
  const bool has_names = listen.is_loopback() || !o.hosts.empty();
  if (has_names) o.hosts.insert(o.hosts.end(), {"127.0.0.1", "localhost", "[::1]"});
}

}  // namespace

Result<gateway::GatewayOptions> gateway_options(const Config& config, const Listen& listen, bool serve_demo) {
  auto proxies = gateway::TrustedProxies::parse(items_in(config.server.trusted_proxies, ','));
  if (!proxies) return pass_on(proxies);
  gateway::GatewayOptions o;
  o.proxies = std::move(*proxies);
  set_access(o, config, listen);
  o.server = server_options(config, listen);
  o.intake = {static_cast<std::size_t>(config.intake.event_bytes_max),
              static_cast<std::size_t>(config.intake.single_bytes_max),
              static_cast<std::size_t>(config.intake.events_max),
              static_cast<std::size_t>(config.intake.properties_max), config.intake.oldest_ms};
  o.rules.policy = gateway::policy_of(config.policy);
  o.version = kVersion;
  o.durability = config.log.durability;
  o.unready = config.server.unready_ms;
  o.drain = config.server.drain_ms;
  o.requests_per_second = static_cast<std::uint32_t>(config.server.requests_per_second);
  o.serve_demo = serve_demo;
  o.admission = {static_cast<std::size_t>(config.server.inflight_bytes_max), config.server.unsynced_age_max_ms,
                 config.server.lateness_max_ms, static_cast<std::size_t>(config.intake.visitor_bytes_max)};
  return o;
}

Result<Listen> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Listen listen;
  if (colon == std::string::npos)
    return fail(ErrorCode::kInvalidArgument, "server.listen: must be ADDRESS:PORT, not \"" + text + "\"",
                "server.listen");
  listen.address = text.substr(0, colon);
  if (listen.address == "localhost") listen.address = "127.0.0.1";
  if (listen.address.size() > 2 && listen.address.front() == '[')
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  in6_addr ignored{};
  const bool is_address = inet_pton(AF_INET, listen.address.c_str(), &ignored) == 1 ||
                          inet_pton(AF_INET6, listen.address.c_str(), &ignored) == 1;
  if (!is_address)
    return fail(ErrorCode::kInvalidArgument, "server.listen: not an IP address: " + listen.address, "server.listen");
  const auto [end, ec] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), listen.port);
  if (ec != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::kInvalidArgument, "server.listen: the port must be 0 to 65535", "server.listen");
  return listen;
}

}  // namespace handrail
