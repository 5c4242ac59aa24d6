// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/signer.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/utc.h"

namespace handrail::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string encoded(std::string_view text, std::string_view kept) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

// Without space around it, and one where there are more.
std::string trimmed_all(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out.push_back(c);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string canonical_query(const Fields& query) {
  Fields all;
  for (const auto& [name, value] : query) all.emplace_back(uri_encoded(name), uri_encoded(value));
  std::ranges::sort(all);
  std::string out;
  for (const auto& [name, value] : all) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

struct Canonical {
  std::string request;
  std::string signed_headers;
};

Canonical canonical(const Request& request) {
  Fields headers = request.headers;
  std::ranges::sort(headers);
  Canonical out;
  out.request = request.method + "\n" + encoded(request.path, "/") + "\n" + canonical_query(request.query) + "\n";
  for (const auto& [name, value] : headers) {
    out.request += name + ":" + trimmed_all(value) + "\n";
    if (!out.signed_headers.empty()) out.signed_headers.push_back(';');
    out.signed_headers += name;
  }
  out.request += "\n" + out.signed_headers + "\n" + to_hex(sha256(request.body));
  return out;
}

}  // namespace

std::string uri_encoded(std::string_view text) { return encoded(text, ""); }

void sign(Request& request, const Credentials& credentials, const Scope& scope, UnixMillis at) {
  const std::string time = utc(at, "%Y%m%dT%H%M%SZ");
  const std::string day = time.substr(0, 8);
  request.headers.emplace_back("x-amz-date", time);
  if (!credentials.session_token.empty())
    request.headers.emplace_back("x-amz-security-token", credentials.session_token);
  const Canonical form = canonical(request);
  const std::string place = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + time + "\n" + place + "\n" + to_hex(sha256(form.request));
  std::string key = hmac_sha256("AWS4" + credentials.secret_access_key, day);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  request.headers.emplace_back("authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key_id +
                                                    "/" + place + ", SignedHeaders=" + form.signed_headers +
                                                    ", Signature=" + to_hex(hmac_sha256(key, to_sign)));
}

}  // namespace handrail::aws
