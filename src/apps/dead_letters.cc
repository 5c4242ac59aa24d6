// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdlib>

#include "apps/commands.h"
#include "apps/http_client.h"

namespace handrail {

int run_dead_letters(const std::string& server, const std::string& what, const std::string& offset) {
  const std::size_t colon = server.rfind(':');
  HttpClient client(server.substr(0, colon), static_cast<std::uint16_t>(std::atoi(server.c_str() + colon + 1)));
  if (what == "redrive" && offset.empty()) {
    fmt::print(stderr, "handrail: which one? handrail dlq redrive OFFSET\n");
    return kUsage;
  }
  auto answer =
      what == "redrive" ? client.post("/v1/dead-letters/" + offset + "/redrive", "") : client.get("/v1/dead-letters");
  if (!answer) {
    fmt::print(stderr, "handrail: {}\n", answer.error().message);
    return kFailed;
  }
  fmt::print("{}\n", answer->body);
  return answer->status == 200 ? kOk : answer->status == 404 ? kNotFound : kFailed;
}

}  // namespace handrail
