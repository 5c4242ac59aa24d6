// SPDX-License-Identifier: Apache-2.0
#include "gateway/server.h"

#include "base/thread.h"
#include "gateway/exchange.h"

namespace handrail::gateway {

Task<> Server::Impl::accept_loop() {
  auto self = shared_from_this();
  while (!stopping) {
    error_code ec;
    Socket socket = co_await acceptor.async_accept(net::redirect_error(use_task, ec));
    if (stopping || !acceptor.is_open()) co_return;
    if (ec) {  // out of descriptors, most likely: let some go first
      Timer pause(io, std::chrono::milliseconds(50));
      error_code ignored;
      co_await pause.async_wait(net::redirect_error(use_task, ignored));
      continue;
    }
    if (connections.size() >= options.connections_max) {
      refused.add();
      continue;
    }
    accepted.add();
    auto connection = std::make_shared<Connection>(std::move(socket), self);
    net::co_spawn(
        io, [connection]() -> Task<> { return connection->run(); }, net::detached);
  }
}

Task<> Server::Impl::sweep_loop() {
  auto self = shared_from_this();
  while (sweeper.expiry() != Timer::time_point::max()) {
    sweeper.expires_after(std::chrono::seconds(1));
    error_code ec;
    co_await sweeper.async_wait(net::redirect_error(use_task, ec));
    if (ec) co_return;
    const auto now = std::chrono::steady_clock::now();
    const std::vector<Connection*> all(connections.begin(), connections.end());
    for (Connection* connection : all) {
      if (connections.contains(connection)) connection->close_if_overdue(now);
    }
  }
}

Task<> Server::Impl::repeat(Millis span, std::function<void()> work) {
  auto self = shared_from_this();
  Timer timer(io);
  while (!stopping) {
    timer.expires_after(std::chrono::milliseconds(span));
    error_code ec;
    co_await timer.async_wait(net::redirect_error(use_task, ec));
    if (ec || stopping) co_return;
    work();
  }
}

Server::Server(ServerOptions options, Handler handler, const Clock& clock, telemetry::Metrics& metrics)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(handler), clock, metrics)) {}

Server::~Server() { stop(0); }

Result<void> Server::start() {
  error_code ec;
  const auto address = net::ip::make_address(impl_->options.address, ec);
  if (ec) return fail(ErrorCode::kInvalidArgument, "not an IP address: " + impl_->options.address, "server.listen");
  const net::ip::tcp::endpoint endpoint(address, impl_->options.port);
  impl_->acceptor.open(endpoint.protocol(), ec);
  if (!ec) impl_->acceptor.set_option(net::socket_base::reuse_address(true), ec);
  if (!ec) impl_->acceptor.bind(endpoint, ec);
  if (!ec) impl_->acceptor.listen(net::socket_base::max_listen_connections, ec);
  if (ec)
    return fail(
        ErrorCode::kConflict,
        "cannot listen on " + impl_->options.address + ":" + std::to_string(impl_->options.port) + ": " + ec.message(),
        "server.listen");
  impl_->bound_port = impl_->acceptor.local_endpoint(ec).port();
  net::co_spawn(
      impl_->io, [impl = impl_] { return impl->accept_loop(); }, net::detached);
  net::co_spawn(
      impl_->io, [impl = impl_] { return impl->sweep_loop(); }, net::detached);
  impl_->thread = std::jthread([impl = impl_] {
    name_this_thread("io");
    impl->io.run();
  });
  return {};
}

std::uint16_t Server::port() const { return impl_->bound_port; }
void Server::post(std::function<void()> work) { impl_->post(std::move(work)); }
void Server::every(Millis span, std::function<void()> work) {
  net::co_spawn(
      impl_->io, [impl = impl_, span, work = std::move(work)]() mutable { return impl->repeat(span, std::move(work)); },
      net::detached);
}

void Server::stop(Millis drain) {
  if (!impl_->thread.joinable()) return;
  impl_->stopping = true;
  impl_->post([impl = impl_] {
    error_code ignored;
    impl->acceptor.close(ignored);
    const std::vector<Connection*> all(impl->connections.begin(), impl->connections.end());
    for (Connection* connection : all) {
      if (impl->connections.contains(connection) && connection->is_idle()) connection->close();
    }
  });
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(drain);
  const auto left = std::make_shared<std::atomic<std::size_t>>(1);
  while (std::chrono::steady_clock::now() < until && *left > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    impl_->post([impl = impl_, left] { *left = impl->connections.size(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  impl_->io.stop();
  impl_->thread.join();
}

}  // namespace handrail::gateway
