// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/text.h"
#include "base/url.h"

namespace handrail::aws {
namespace {

struct EndHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, EndHandle>;

struct EndList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, EndList>;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

struct Receiving {
  HttpReply reply;
  std::size_t bytes_max = 0;
  bool is_too_large = false;
};

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  receiving.is_too_large = receiving.reply.body.size() + count > receiving.bytes_max;
  if (receiving.is_too_large) return 0;  // ends the transfer
  receiving.reply.body.append(bytes, count);
  return count;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* to) {
  auto& reply = static_cast<Receiving*>(to)->reply;
  const std::string_view line(bytes, count);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) reply.headers.clear();  // what came before was 100 Continue
  if (colon != std::string_view::npos)
    reply.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  return count;
}

// Whether the request cannot have reached the other end.
bool is_unsent(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT ||
         code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_URL_MALFORMAT ||
         code == CURLE_UNSUPPORTED_PROTOCOL;
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(CurlOptions options) : options_(std::move(options)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
  }

  Result<HttpReply> send(const HttpCall& call) override {
    Handle handle = take_handle();
    if (!handle) return fail(ErrorCode::kUnavailable, "no memory for a request");
    const List headers = headers_of(call);
    Receiving receiving{{}, options_.answer_bytes_max, false};
    set(handle.get(), call, headers.get(), receiving);
    if (!options_.ca_file.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, options_.ca_file.c_str());
    const CURLcode code = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    keep(std::move(handle));
    receiving.reply.status = static_cast<int>(status);
    if (code == CURLE_OK) return std::move(receiving.reply);
    if (receiving.is_too_large)
      return fail(ErrorCode::kLimitExceeded, call.url + ": the answer is too large", {},
                  static_cast<std::int64_t>(options_.answer_bytes_max));
    return fail(is_unsent(code) ? ErrorCode::kUnavailable : ErrorCode::kTimeout,
                without_login(call.url) + ": " + curl_easy_strerror(code));
  }

 private:
  static List headers_of(const HttpCall& call) {
    List list;
    const auto add = [&](const std::string& line) {
      if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
        (void)list.release();
        list.reset(longer);
      }
    };
    for (const auto& [name, value] : call.headers) add(name + ": " + value);
    add("expect:");  // no waiting for 100 Continue
    return list;
  }

  static void set(CURL* handle, const HttpCall& call, curl_slist* headers, Receiving& receiving) {
    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);  // as it was signed
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.connect_within));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(call.within));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &receiving);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &receiving);
    if (call.method == "GET") return;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call.body.data());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }

  // Each handle keeps its connections, so the one used last is used first.
  Handle take_handle() {
    std::lock_guard lock(mutex_);
    if (idle_.empty()) return Handle(curl_easy_init());
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }
  void keep(Handle handle) {
    std::lock_guard lock(mutex_);
    if (idle_.size() < options_.connections_idle_max) idle_.push_back(std::move(handle));
  }

  const CurlOptions options_;
  std::mutex mutex_;  // guards idle_
  std::vector<Handle> idle_;
};

}  // namespace

std::string HttpReply::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, [](const auto& field) { return field.first; });
  return found == headers.end() ? std::string{} : found->second;
}

std::unique_ptr<HttpClient> make_curl_client(CurlOptions options) { return std::make_unique<CurlClient>(options); }

}  // namespace handrail::aws
