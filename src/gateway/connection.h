// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/saved_handler.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_set>

#include "gateway/problem.h"
#include "gateway/server.h"

// The inside of server.cc, in a file of its own for reading's sake: included there only, so that Asio and Beast are
// compiled once.
namespace handrail::gateway {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

// One thread runs everything, so the executor is the context's own: a concrete type costs less than any_io_executor.
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<net::ip::tcp, Executor>;
using Acceptor = net::basic_socket_acceptor<net::ip::tcp, Executor>;
using Timer =
    net::basic_waitable_timer<std::chrono::steady_clock, net::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T = void>
using Task = net::awaitable<T, Executor>;
constexpr net::use_awaitable_t<Executor> use_task;

constexpr std::size_t kFirstRead = 8 << 10;    // what a waiting connection holds
constexpr std::size_t kBodyRead = 64 << 10;    // at once, of a larger body
constexpr std::size_t kJsonPadding = 64;       // room behind a body, so that the parser need not copy it
constexpr std::size_t kSkippedMax = 64 << 10;  // of a body that is not wanted; beyond it the connection ends
constexpr Millis kUnreadAfterRefusal = 500;    // a client told to come back in a second or more is not read meanwhile

using Seconds = std::chrono::steady_clock::time_point;

inline Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::post:
      return Method::kPost;
    case http::verb::put:
      return Method::kPut;
    case http::verb::delete_:
      return Method::kDelete;
    case http::verb::options:
      return Method::kOptions;
    case http::verb::head:
      return Method::kHead;
    default:
      return Method::kOther;
  }
}

// The status line and fields of a response. A stream has no length: it ends with its connection.
inline std::string head_text(const HttpResponse& response, unsigned version, bool keep_alive,
                             std::optional<std::size_t> body_bytes) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
  std::string out;
  out.reserve(320);
  out.append(version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason.data(), reason.size()).append("\r\nContent-Type: ").append(response.content_type);
  for (const auto& [name, value] : response.headers) out.append("\r\n").append(name).append(": ").append(value);
  out.append("\r\nX-Content-Type-Options: nosniff");
  if (version == 10 && keep_alive) out.append("\r\nConnection: keep-alive");
  if (version > 10 && !keep_alive) out.append("\r\nConnection: close");
  if (body_bytes) out.append("\r\nContent-Length: ").append(std::to_string(*body_bytes));
  return out.append("\r\n\r\n");
}

// saved_handler calls what it holds with nothing when it is invoked, and with an error when it is cancelled.
template <class Done>
struct Completion {
  Done done;
  void operator()(error_code ec = {}) { done(ec); }
};

class Connection;

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(ServerOptions o, Handler h, const Clock& c, telemetry::Metrics& m)
      : options(std::move(o)),
        handler(std::move(h)),
        clock(c),
        io(1),
        acceptor(io),
        sweeper(io),
        accepted(m.counter("handrail_http_connections_total", "Connections accepted")),
        refused(m.counter("handrail_http_connections_refused_total",
                          "Connections closed because connections_max was reached")),
        timed_out(m.counter("handrail_http_timeouts_total", "Connections closed at a deadline")),
        cut_off(
            m.counter("handrail_stream_cut_off_total", "Event streams closed because the receiver did not keep up")) {}

  void post(std::function<void()> work) {
    bool first = false;
    {
      std::lock_guard lock(mutex);
      first = posted.empty();
      posted.push_back(std::move(work));
    }
    if (first) net::post(io, [self = shared_from_this()] { self->run_posted(); });
  }

  void run_posted() {
    std::vector<std::function<void()>> now;
    {
      std::lock_guard lock(mutex);
      now.swap(posted);
    }
    for (auto& work : now) work();
  }

  Task<> accept_loop();
  Task<> sweep_loop();
  Task<> repeat(Millis span, std::function<void()> work);

  const ServerOptions options;
  const Handler handler;
  const Clock& clock;
  net::io_context io;
  Acceptor acceptor;
  Timer sweeper;
  std::mutex mutex;  // guards posted
  std::vector<std::function<void()>> posted;
  std::unordered_set<Connection*> connections;  // I/O thread only
  std::atomic<bool> stopping{false};
  std::uint16_t bound_port = 0;
  std::jthread thread;
  std::minstd_rand draw;  // I/O thread only
  telemetry::Counter accepted, refused, timed_out, cut_off;
};

// One connection: reads requests, hands them to the handler, writes what comes back, or turns into an event stream.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::shared_ptr<Server::Impl> server)
      : socket_(std::move(socket)), server_(std::move(server)) {
    error_code ignored;
    peer_ = socket_.remote_endpoint(ignored).address().to_string(ignored);
    server_->connections.insert(this);
  }
  ~Connection() { server_->connections.erase(this); }

  Task<> run() {
    auto self = shared_from_this();
    error_code ec;
    socket_.set_option(net::ip::tcp::no_delay(true), ec);
    socket_.non_blocking(true, ec);  // what can be written at once is
    {
      beast::flat_buffer buffer;
      while (!stream_ && co_await serve_one(buffer)) {
        if (buffer.size() == 0 && buffer.capacity() > kFirstRead) buffer.shrink_to_fit();
      }
    }
    if (stream_) co_await stream_out();
    close();
    if (on_close_) std::exchange(on_close_, nullptr)();
  }

  void close_if_overdue(Seconds now) {
    if (now < deadline_) return;
    server_->timed_out.add();
    close();
  }

  void close() {
    open_ = false;
    error_code ignored;
    socket_.shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    wake_stream();
  }

  bool is_idle() const { return is_idle_; }

  // --- for the Exchange; on the I/O thread
  // ----------------------------------------------------------------------------

  void take_response(HttpResponse response) {
    response_ = std::move(response);
    if (answered_.has_value()) answered_.invoke();
  }

  void take_stream(std::shared_ptr<class Stream> stream, HttpResponse head) {
    stream_ = std::move(stream);
    take_response(std::move(head));
  }

  // --- for the Stream ------------------------------------------------------------------------------------------------

  // From any thread. False when closed or when too much waits.
  bool queue(std::string chunk) {
    bool overflow = false;
    {
      std::lock_guard lock(mutex_);
      if (!open_) return false;
      overflow = waiting_.size() + chunk.size() > server_->options.stream_waiting_bytes_max;
      if (!overflow) waiting_ += chunk;
    }
    if (overflow) {
      if (!open_.exchange(false)) return false;
      server_->cut_off.add();
      server_->post([self = shared_from_this()] { self->close(); });
      return false;
    }
    server_->post([self = shared_from_this()] { self->wake_stream(); });
    return true;
  }
  bool is_open() const { return open_; }
  void set_on_close(std::function<void()> gone) { on_close_ = std::move(gone); }

 private:
  void expire_after(Millis span) { deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(span); }

  using Parser = http::request_parser<http::string_body>;

  Task<bool> serve_one(beast::flat_buffer& buffer) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(server_->options.header_bytes_max));
    parser.body_limit(server_->options.body_bytes_max);
    is_idle_ = true;
    expire_after(server_->options.idle_within);
    // The deadline of the request begins with its first byte.
    if (buffer.size() == 0 && !co_await read_more(buffer, kFirstRead)) co_return false;
    is_idle_ = false;
    expire_after(server_->options.request_within);
    error_code ec;
    while (!parser.is_header_done()) {
      if (!feed(parser, buffer, ec)) break;
      if (!parser.is_header_done() && !co_await read_more(buffer, kFirstRead)) co_return false;
    }
    if (!ec) ec = ambiguity_of(parser);
    if (ec) co_return co_await refuse(ec);
    const bool waits = beast::iequals(parser.get()[http::field::expect], "100-continue");
    Admitted admitted = server_->options.admit(head_of(parser));
    if (admitted.refusal) {
      response_ = std::move(*admitted.refusal);
      if (!co_await turn_away(parser, buffer, waits)) co_return false;
      co_return co_await rest(kUnreadAfterRefusal);
    }
    if (waits) co_await write_continue(ec);
    if (const auto bytes = parser.content_length()) parser.get().body().reserve(*bytes + kJsonPadding);
    parser.eager(true);
    while (!ec && !parser.is_done()) {
      if (feed(parser, buffer, ec) && !parser.is_done() && !co_await read_more(buffer, kBodyRead)) co_return false;
    }
    if (ec) co_return co_await refuse(ec);

    const bool keep_alive = parser.get().keep_alive();
    const bool head_only = parser.get().method() == http::verb::head;
    const unsigned version = parser.get().version();
    co_await dispatch(to_request(parser.release()));
    if (!open_) co_return false;
    if (stream_) co_return co_await write_stream_head(version, head_only);
    co_return co_await write_response(version, keep_alive, head_only);
  }

  // Takes in what has arrived. False at a fault.
  static bool feed(Parser& parser, beast::flat_buffer& buffer, error_code& ec) {
    buffer.consume(parser.put(buffer.data(), ec));
    if (ec == http::error::need_more) ec = {};
    return !ec;
  }

  Task<bool> read_more(beast::flat_buffer& buffer, std::size_t bytes) {
    error_code ec;
    const std::size_t got = co_await socket_.async_read_some(buffer.prepare(bytes), net::redirect_error(use_task, ec));
    buffer.commit(got);
    co_return !ec;
  }

  // The request is answered without its body. A small body is passed over, so that the connection lives on.
  Task<bool> turn_away(Parser& parser, beast::flat_buffer& buffer, bool waits) {
    const std::uint64_t left = parser.content_length_remaining().value_or(parser.chunked() ? UINT64_MAX : 0);
    if (waits || left > kSkippedMax) {
      co_await write_response(11, false, false);
      co_await discard_rest();
      co_return false;
    }
    parser.eager(true);
    error_code ec;
    while (!parser.is_done()) {
      if (!feed(parser, buffer, ec) || (!parser.is_done() && !co_await read_more(buffer, kFirstRead))) co_return false;
    }
    co_return co_await write_response(parser.get().version(), parser.get().keep_alive(), false);
  }

  // Refusing costs about as much as accepting, so those who do not wait as they were told are kept waiting: else a
  // crowd of them would take the thread's whole time.
  Task<bool> rest(Millis span) {
    is_idle_ = true;
    Timer timer(server_->io, std::chrono::milliseconds(span / 2 + server_->draw() % span));  // not all at one moment
    error_code ec;
    co_await timer.async_wait(net::redirect_error(use_task, ec));
    co_return open_.load();
  }

  // What two readers could take for different requests: a body whose length this server cannot tell, two hosts.
  static error_code ambiguity_of(const Parser& parser) {
    const auto& head = parser.get();
    if (head.count(http::field::transfer_encoding) > 0 && !parser.chunked()) return http::error::bad_transfer_encoding;
    if (head.count(http::field::host) > 1) return http::error::bad_field;
    return {};
  }

  static RequestHead head_of(const Parser& parser) {
    const auto& raw = parser.get();
    const std::string_view target{raw.target().data(), raw.target().size()};
    const auto origin = raw[http::field::origin];
    return {method_of(raw.method()),
            target.substr(0, target.find('?')),
            {origin.data(), origin.size()},
            parser.content_length().value_or(0),
            is_beacon_mode(raw["Sec-Fetch-Mode"])};
  }

  HttpRequest to_request(http::request<http::string_body>&& raw) {
    HttpRequest request;
    request.received_at = server_->clock.now();
    request.method = method_of(raw.method());
    const std::string_view target{raw.target().data(), raw.target().size()};
    const std::size_t question = target.find('?');
    request.path = percent_decoded(target.substr(0, question));
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    request.headers.reserve(16, 512);
    for (const auto& field : raw) {
      request.headers.add({field.name_string().data(), field.name_string().size()},
                          {field.value().data(), field.value().size()});
    }
    request.body = std::move(raw.body());
    request.body.reserve(request.body.size() + kJsonPadding);
    request.peer = peer_;
    return request;
  }

  // Hands the request over and waits for take_response().
  Task<> dispatch(HttpRequest request);

  Task<> write_continue(error_code& ec) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await net::async_write(socket_, net::buffer(kContinue), net::redirect_error(use_task, ec));
  }

  // What cannot be read is answered, where an answer can still be understood, and the connection ends.
  Task<bool> refuse(error_code ec) {
    if (ec == http::error::body_limit) {
      response_ = problem(413, "body_too_large", "the request body is larger than the limit; split it", "body",
                          static_cast<std::int64_t>(server_->options.body_bytes_max));
    } else if (ec == http::error::header_limit) {
      response_ = problem(431, "header_too_large", "the request header is larger than the limit", "header",
                          static_cast<std::int64_t>(server_->options.header_bytes_max));
    } else if (ec.category() == http::make_error_code(http::error::bad_method).category() &&
               ec != http::error::end_of_stream && ec != http::error::partial_message) {
      response_ = problem(400, "bad_request", "this is not HTTP/1.1: " + ec.message());
    } else {
      co_return false;
    }
    co_await write_response(11, false, false);
    co_await discard_rest();
    co_return false;
  }

  // Closing with unread bytes would reset the connection before the other end has read the answer.
  Task<> discard_rest() {
    error_code ec;
    socket_.shutdown(net::ip::tcp::socket::shutdown_send, ec);
    expire_after(2 * kSecond);
    std::array<char, 4096> sink;
    std::size_t left = 64 << 20;
    while (!ec && left > 0) {
      const std::size_t got = co_await socket_.async_read_some(net::buffer(sink), net::redirect_error(use_task, ec));
      left -= std::min(left, got);
    }
  }

  Task<bool> write_response(unsigned version, bool keep_alive, bool head_only) {
    const bool keep = keep_alive && !server_->stopping;
    const std::string head = head_text(response_, version, keep, response_.body.size());
    const std::string_view body = head_only ? std::string_view{} : response_.body;
    expire_after(server_->options.write_within);
    const bool sent = co_await send({net::buffer(head), net::buffer(body)});
    co_return sent&& keep && !server_->stopping;  // stopped in the meantime: nobody would close it
  }

  Task<bool> write_stream_head(unsigned version, bool head_only) {
    const std::string head = head_text(response_, version, true, std::nullopt);
    expire_after(server_->options.write_within);
    if (!co_await send({net::buffer(head), net::const_buffer{}}) || head_only) open_ = false;
    co_return false;
  }

  // What the socket takes at once goes without a wait.
  Task<bool> send(std::array<net::const_buffer, 2> parts) {
    error_code ec;
    const std::size_t total = net::buffer_size(parts);
    std::size_t sent = socket_.write_some(parts, ec);
    if (ec == net::error::would_block) ec = {};
    if (ec || sent == total) co_return !ec;
    for (net::const_buffer& part : parts) {
      const std::size_t done = std::min(sent, part.size());
      part += done;
      sent -= done;
    }
    co_await net::async_write(socket_, parts, net::redirect_error(use_task, ec));
    co_return !ec;
  }

  // --- streaming -----------------------------------------------------------------------------------------------------

  Task<> stream_out() {
    watch_for_end();
    auto last_write = std::chrono::steady_clock::now();
    const auto heartbeat = std::chrono::milliseconds(server_->options.heartbeat_every);
    while (open_) {
      std::string chunk;
      {
        std::lock_guard lock(mutex_);
        chunk.swap(waiting_);
      }
      if (chunk.empty() && std::chrono::steady_clock::now() - last_write >= heartbeat) chunk = ":\n\n";
      if (chunk.empty()) {
        if (closing_) break;
        deadline_ = Seconds::max();
        co_await sleep_until(last_write + heartbeat);
        continue;
      }
      expire_after(server_->options.write_within);
      error_code ec;
      co_await net::async_write(socket_, net::buffer(chunk), net::redirect_error(use_task, ec));
      if (ec) break;
      last_write = std::chrono::steady_clock::now();
    }
  }

  Task<> sleep_until(Seconds when) {
    if (!stream_timer_) stream_timer_.emplace(socket_.get_executor());
    stream_timer_->expires_at(when);
    error_code ignored;
    co_await stream_timer_->async_wait(net::redirect_error(use_task, ignored));
  }

  void wake_stream() {
    if (stream_timer_) stream_timer_->cancel();
  }

  // A stream's other end says nothing more; what becomes readable is its goodbye.
  void watch_for_end() {
    socket_.async_wait(net::ip::tcp::socket::wait_read, [self = shared_from_this()](error_code ec) {
      if (ec || !self->open_) return self->close();
      std::array<char, 512> sink;
      const std::size_t got = self->socket_.read_some(net::buffer(sink), ec);
      if (got == 0 && ec != net::error::would_block) return self->close();
      self->watch_for_end();
    });
  }

 public:
  void close_when_written() {
    closing_ = true;
    wake_stream();
  }

 private:
  Socket socket_;
  std::shared_ptr<Server::Impl> server_;
  std::string peer_;
  Seconds deadline_ = Seconds::max();
  bool is_idle_ = true;
  std::atomic<bool> open_{true};
  bool closing_ = false;
  HttpResponse response_;
  beast::saved_handler answered_;
  std::shared_ptr<class Stream> stream_;
  std::optional<Timer> stream_timer_;
  std::function<void()> on_close_;
  std::mutex mutex_;  // guards waiting_
  std::string waiting_;
};

}  // namespace handrail::gateway
