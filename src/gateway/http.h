// SPDX-License-Identifier: Apache-2.0
#pragma once

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

struct HttpRequest {
  Method method = Method::kGet;
  std::string path;                                          // decoded, without the query
  std::string query;                                         // as it came
  std::string body;                                          // with room for the JSON parser behind it
  std::string peer;                                          // address of the other end
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  UnixMicros received_at = 0;                                // when its last byte had arrived

  std::string_view header(std::string_view lower_case_name) const;
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

using Handler = std::function<void(HttpRequest request, std::shared_ptr<Exchange> exchange)>;

std::string percent_decoded(std::string_view text);

}  // namespace handrail::gateway
