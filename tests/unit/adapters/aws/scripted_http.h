// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <vector>

#include "adapters/aws/http_client.h"

namespace handrail::test {

// Gives the answers that it was told, in their order, and keeps what it was asked.
class ScriptedHttp final : public aws::HttpClient {
 public:
  Result<aws::HttpReply> send(const aws::HttpCall& call) override {
    calls.push_back(call);
    if (answers.empty()) return fail(ErrorCode::kUnavailable, "nobody there");
    Result<aws::HttpReply> answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void answer(int status, std::string body, aws::Fields headers = {}) {
    answers.push_back(aws::HttpReply{status, std::move(headers), std::move(body)});
  }

  std::vector<aws::HttpCall> calls;
  std::deque<Result<aws::HttpReply>> answers;
};

inline std::string field(const aws::HttpCall& call, std::string_view header) {
  for (const auto& [name, value] : call.headers) {
    if (name == header) return value;
  }
  return {};
}

}  // namespace handrail::test
