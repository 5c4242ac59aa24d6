// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/connection.h"

// How routes answer a connection; like connection.h, included by server.cc alone.
namespace handrail::gateway {

class Stream final : public EventStream {
 public:
  Stream(std::weak_ptr<Connection> connection, std::shared_ptr<Server::Impl> server)
      : connection_(std::move(connection)), server_(std::move(server)) {}

  bool send(std::string_view event, std::string_view data, std::string_view id) override {
    const auto connection = connection_.lock();
    if (!connection) return false;
    std::string chunk;
    chunk.reserve(event.size() + data.size() + id.size() + 32);
    if (!id.empty()) chunk.append("id: ").append(id).append("\n");
    chunk.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
    return connection->queue(std::move(chunk));
  }
  void close() override {
    server_->post([weak = connection_] {
      if (const auto connection = weak.lock()) connection->close_when_written();
    });
  }
  bool is_open() const override {
    const auto connection = connection_.lock();
    return connection && connection->is_open();
  }
  void on_close(std::function<void()> gone) override {
    if (const auto connection = connection_.lock()) connection->set_on_close(std::move(gone));
  }

 private:
  std::weak_ptr<Connection> connection_;
  std::shared_ptr<Server::Impl> server_;
};

// Answers one request; from whichever thread, the answer is carried out on the I/O thread.
class ConnectionExchange final : public Exchange {
 public:
  ConnectionExchange(std::shared_ptr<Connection> connection, std::shared_ptr<Server::Impl> server)
      : connection_(std::move(connection)), server_(std::move(server)) {}
  // A handler that lets go without an answer is a bug; the caller shall not wait for it.
  ~ConnectionExchange() override {
    if (connection_) respond(problem(500, "internal", "the request was dropped"));
  }

  void respond(HttpResponse response) override {
    server_->post([connection = std::move(connection_), response = std::move(response)]() mutable {
      connection->take_response(std::move(response));
    });
  }
  std::shared_ptr<EventStream> open_stream(std::vector<std::pair<std::string, std::string>> headers) override {
    auto stream = std::make_shared<Stream>(connection_, server_);
    HttpResponse head;
    head.content_type = "text/event-stream";
    head.headers = std::move(headers);
    head.headers.emplace_back("Cache-Control", "no-store, no-transform");
    head.headers.emplace_back("X-Accel-Buffering", "no");
    server_->post([connection = std::move(connection_), stream, head = std::move(head)]() mutable {
      connection->take_stream(std::move(stream), std::move(head));
    });
    return stream;
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<Server::Impl> server_;
};

inline Task<> Connection::dispatch(HttpRequest request) {
  deadline_ = Seconds::max();  // the answer takes what it takes; its parts have their own limits
  auto exchange = std::make_shared<ConnectionExchange>(shared_from_this(), server_);
  auto token = use_task;
  co_await net::async_initiate<net::use_awaitable_t<Executor>, void(error_code)>(
      [&](auto done) {
        answered_.emplace(Completion<decltype(done)>{std::move(done)});
        server_->handler(std::move(request), std::move(exchange));
      },
      token);
}

}  // namespace handrail::gateway
