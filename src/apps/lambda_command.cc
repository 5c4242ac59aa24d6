// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdlib>

#include "adapters/lambda/event.h"
#include "adapters/lambda/runtime_api.h"
#include "apps/cloud_engine.h"
#include "apps/commands.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

Result<std::string> handle(CloudEngine& engine, const std::string& json) {
  auto event = lambda::function_event(json);
  if (!event) return pass_on(event);
  if (event->kind == lambda::FunctionEvent::Kind::kSweep) {
    auto appended = engine.timers().append();
    if (!appended) return pass_on(appended);
    return fmt::format(R"({{"timers":{}}})", *appended);
  }
  return lambda::batch_response(event->blocks, engine.folder().fold(event->blocks));
}

// The service ends a function that cannot begin, and tries again.
int failed_to_begin(lambda::RuntimeApi& runtime, const Error& why) {
  telemetry::log_error(why.message);
  (void)runtime.report_init_failure("Handrail.Init", why.message);
  return exit_code_of(why);
}

}  // namespace

int run_lambda(const LoadedConfig& loaded) {
  const char* address = std::getenv("AWS_LAMBDA_RUNTIME_API");
  if (address == nullptr) {
    fmt::print(stderr, "handrail: `lambda` runs as an AWS Lambda function: AWS_LAMBDA_RUNTIME_API is not set\n");
    return kUsage;
  }
  const SystemClock clock;
  const auto http = aws::make_curl_client();
  lambda::RuntimeApi runtime(address, *http);
  auto cloud = Cloud::make(loaded.config, clock);
  if (!cloud) return failed_to_begin(runtime, cloud.error());
  if (auto opened = (*cloud)->open_lists(); !opened) return failed_to_begin(runtime, opened.error());
  const auto streams = kinesis_side(**cloud, loaded.config);
  CloudEngine engine(loaded.config, **cloud, *streams, clock);
  while (true) {
    auto invocation = runtime.next();
    if (!invocation) {
      telemetry::log_error("no invocation: " + invocation.error().message);
      return kFailed;
    }
    auto answer = handle(engine, invocation->event);
    auto told = answer ? runtime.respond(*invocation, *answer)
                       : runtime.report_failure(*invocation, "Handrail.Function", answer.error().message);
    if (!answer) telemetry::log_error("an invocation failed: " + answer.error().message);
    if (!told) telemetry::log_warning("the answer did not arrive: " + told.error().message);
  }
}

}  // namespace handrail
