// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>

#include "apps/commands.h"
#include "apps/http_client.h"
#include "apps/json_text.h"
#include "base/encoding.h"
#include "base/utc.h"

namespace handrail {
namespace {

namespace json = boost::json;

// Sixteen bytes a line, with what is readable beside them.
void print_hex(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    const std::string_view line = bytes.substr(at, 16);
    std::string hex, readable;
    for (const char c : line) {
      hex += fmt::format("{:02x} ", static_cast<unsigned char>(c));
      readable += c >= ' ' && c <= '~' ? c : '.';
    }
    fmt::print("  {:06x}  {:<48} {}\n", at, hex, readable);
  }
}

void print_letter(const json::value& letter) {
  fmt::print("offset   {}\n", letter.at("offset").to_number<std::uint64_t>());
  fmt::print("at       {}\n", utc(letter.at("at").to_number<UnixMillis>()));
  fmt::print("error    {}\n", std::string(letter.at("error").as_string()));
  const std::string bytes = from_base64(std::string_view(letter.at("recordBase64").as_string())).value_or("");
  if (letter.at("record").is_null()) {
    fmt::print("bytes    {}, of no record that this program can read\n\n", bytes.size());
    return print_hex(bytes);
  }
  fmt::print("bytes    {}\n\n{}\n", bytes.size(), indented(letter.at("record")));
}

Result<HttpClient::Answer> ask(HttpClient& client, const std::string& what, const std::string& offset) {
  if (what == "redrive") return client.post("/v1/dead-letters/" + offset + "/redrive", "");
  return client.get(what == "show" ? "/v1/dead-letters/" + offset : "/v1/dead-letters");
}

}  // namespace

int run_dead_letters(const std::string& server, const std::string& what, const std::string& offset, bool as_json) {
  HttpClient client(server);
  if (what != "list" && offset.empty()) {
    fmt::print(stderr, "handrail: which one? handrail dlq {} OFFSET\n", what);
    return kUsage;
  }
  auto answer = ask(client, what, offset);
  if (!answer) {
    fmt::print(stderr, "handrail: {}\n", answer.error().message);
    return kFailed;
  }
  if (answer->status != 200) {
    fmt::print(stderr, "{}\n", answer->body);
    return answer->status == 404 ? kNotFound : kFailed;
  }
  if (what == "show" && !as_json) {
    print_letter(json::parse(answer->body));
  } else {
    fmt::print("{}\n", answer->body);
  }
  return kOk;
}

}  // namespace handrail
