// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace handrail::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;             // of temporary ones
  std::optional<UnixMillis> expires_at;  // nothing: they do not
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "POST";
  std::string path = "/";  // as it goes over the wire: percent-encoded once
  Fields query;            // not encoded
  Fields headers;          // names in lower case; "host", with its port where it is not the scheme's own, among them
  std::string body;
};

struct Scope {
  std::string region;
  std::string service;  // "dynamodb", "kinesis", ...
};

// Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"): adds x-amz-date, x-amz-security-token
// and authorization. Every header that is there is signed. As every service but S3 wants it, the path is encoded once
// more for the signature: libcurl signs ids with a ':' wrongly before 8.14. Pure.
void sign(Request& request, const Credentials& credentials, const Scope& scope, UnixMillis at);

// All but unreserved characters (RFC 3986 §2.3) as %XX.
std::string uri_encoded(std::string_view text);

}  // namespace handrail::aws
