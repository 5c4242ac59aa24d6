// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace handrail::gateway {

// HTTP as routes see it. Beast stops at server.cc.

enum class Method : unsigned char { kGet, kPost, kPut, kDelete, kOptions, kHead, kOther };

// The fields of a request's header, in one piece of memory.
class HeaderFields {
 public:
  void reserve(std::size_t fields, std::size_t bytes) {
    places_.reserve(fields);
    text_.reserve(bytes);
  }
  void add(std::string_view name, std::string_view value);
  // The first value under the name; "" where there is none.
  std::string_view get(std::string_view lower_case_name) const;

 private:
  struct Place {
    std::uint32_t at, name_bytes, value_bytes;
  };
  std::vector<Place> places_;
  std::string text_;  // names in lower case, each followed by its value
};

struct HttpRequest {
  Method method = Method::kGet;
  std::string path;        // decoded, without the query
  std::string query;       // as it came
  std::string body;        // with room for the JSON parser behind it
  std::string peer;        // address of the other end, or of who a trusted proxy says it is
  bool is_secure = false;  // it came by TLS, says a trusted proxy
  HeaderFields headers;
  UnixMicros received_at = 0;  // when its last byte had arrived

  std::string_view header(std::string_view lower_case_name) const { return headers.get(lower_case_name); }
  // The decoded value of a query parameter.
  std::optional<std::string> param(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// An open stream of server-sent events. Thread-safe. A receiver that does not keep up is cut off when more than
// `stream.waiting_bytes_max` waits for it; it reconnects and gets what is true then.
class EventStream {
 public:
  virtual ~EventStream() = default;
  // False when the stream is closed or was just cut off. `id` may be empty.
  virtual bool send(std::string_view event, std::string_view data, std::string_view id = {}) = 0;
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  // Called once, on the I/O thread, when the other end is gone or the stream was closed.
  virtual void on_close(std::function<void()> gone) = 0;
};

// The way to answer one request: exactly once, from any thread, by a response or by a stream.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void respond(HttpResponse response) = 0;
  virtual std::shared_ptr<EventStream> open_stream(std::vector<std::pair<std::string, std::string>> headers) = 0;
};

// What is known of a request before its body is read.
struct RequestHead {
  Method method = Method::kGet;
  std::string_view path;  // not decoded, without the query
  std::string_view origin;
  std::uint64_t body_bytes = 0;  // as announced; 0 where it is not
  bool is_beacon = false;        // of a page that is closing and cannot try again
};

// The rule for RequestHead::is_beacon, by the value of Sec-Fetch-Mode.
inline bool is_beacon_mode(std::string_view fetch_mode) { return fetch_mode == "no-cors"; }

// What stands before a body is read: a refusal, or something held until the request is answered.
struct Admitted {
  std::optional<HttpResponse> refusal;
  std::shared_ptr<void> hold;
};

using Handler = std::function<void(HttpRequest request, std::shared_ptr<Exchange> exchange)>;

std::string percent_decoded(std::string_view text);

}  // namespace handrail::gateway
