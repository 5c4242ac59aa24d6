// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/aws/signer.h"
#include "base/result.h"

namespace handrail::aws {

struct HttpCall {
  std::string method = "POST";
  std::string url;  // whole, percent-encoded
  Fields headers;
  std::string body;
  Millis connect_within = kSecond;
  Millis within = 5 * kSecond;  // from the call to the last byte of its answer
};

struct HttpReply {
  int status = 0;
  Fields headers;  // names in lower case
  std::string body;

  std::string header(std::string_view lower_case_name) const;  // the first; "" where there is none
};

// Sends requests and waits for their answers. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // kUnavailable: it did not get there; kTimeout: it may have, and its outcome is unknown; kLimitExceeded: the answer
  // is larger than is read.
  virtual Result<HttpReply> send(const HttpCall& call) = 0;
};

struct CurlOptions {
  std::size_t connections_idle_max = 64;    // kept for later calls
  std::string ca_file;                      // certificates to trust; empty: the system's
  std::size_t answer_bytes_max = 16 << 20;  // DynamoDB answers 1 MB of items, Kinesis 10 MB of records
};

// libcurl's, with HTTP/1.1 over connections that are kept. It follows no redirects and uses no proxy but the one that
// the environment names (HTTPS_PROXY, NO_PROXY).
std::unique_ptr<HttpClient> make_curl_client(CurlOptions options = {});

}  // namespace handrail::aws
