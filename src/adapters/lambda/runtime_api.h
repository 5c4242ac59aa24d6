// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/aws/http_client.h"
#include "base/result.h"

namespace handrail::lambda {

struct Invocation {
  std::string id;
  UnixMillis deadline = 0;  // when the service gives it up
  std::string event;        // JSON
};

// Lambda's Runtime API (docs.aws.amazon.com/lambda, "Using the Lambda runtime API"): how a function that is a program
// of its own asks for work. One thread.
class RuntimeApi {
 public:
  // `address`: of AWS_LAMBDA_RUNTIME_API, "127.0.0.1:9001", perhaps with a path behind.
  RuntimeApi(const std::string& address, aws::HttpClient& http)
      : base_("http://" + address + "/2018-06-01/runtime/"), http_(http) {}

  // Waits for the next event, as long as it takes: between two the process may be frozen for hours.
  Result<Invocation> next();
  Result<void> respond(const Invocation& invocation, const std::string& answer);
  Result<void> report_failure(const Invocation& invocation, const std::string& type, const std::string& why);
  Result<void> report_init_failure(const std::string& type, const std::string& why);

 private:
  Result<void> post(const std::string& path, const std::string& body, const std::string& error_type);

  const std::string base_;
  aws::HttpClient& http_;
};

}  // namespace handrail::lambda
