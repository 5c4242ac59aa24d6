// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/system/system_clock.h"
#include "adapters/xgboost/model_archive.h"
#include "adapters/xgboost/model_document.h"
#include "apps/commands.h"
#include "apps/end_signals.h"
#include "apps/program.h"
#include "gateway/server.h"
#include "serving/model_service.h"

// A model behind HTTP, as SageMaker's serving containers have it.
namespace handrail {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSageMakerModels = "/opt/ml/model";  // where SageMaker puts what it unpacked
constexpr Millis kBodyWithin = 60 * kSecond;
constexpr Millis kDrain = 10 * kSecond;
constexpr std::size_t kThreadsMax = 8;

bool is_batch() {
  const char* said = std::getenv("SAGEMAKER_BATCH");
  return said != nullptr && (std::string_view(said) == "true" || std::string_view(said) == "True");
}

// Of a folder: the model as it is, else as it was packed.
Result<fs::path> model_file(const std::string& named) {
  const fs::path path = named.empty() ? kSageMakerModels : named;
  std::error_code ec;
  if (fs::is_regular_file(path, ec)) return path;
  if (!fs::is_directory(path, ec))
    return fail(ErrorCode::kNotFound, path.string() + ": no such file; --model names one", "model");
  for (const std::string name : {"xgboost-model", "model.tar.gz"}) {
    if (fs::is_regular_file(path / name, ec)) return path / name;
  }
  return fail(ErrorCode::kNotFound, path.string() + ": holds neither xgboost-model nor model.tar.gz", "model");
}

Result<std::string> bytes_of(const fs::path& file) {
  std::error_code ec;
  const std::uintmax_t size = fs::file_size(file, ec);
  if (!ec && size > xgboost::kModelBytesMax)
    return fail(ErrorCode::kLimitExceeded, "has more than 256 MiB", "model", xgboost::kModelBytesMax);
  std::ifstream in(file, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(ec ? 0 : size), '\0');
  if (ec || !in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    return fail(ErrorCode::kUnavailable, "cannot be read", "model");
  return bytes;
}

Result<xgboost::Model> model_of(const fs::path& file) {
  auto bytes = bytes_of(file);
  if (!bytes) return pass_on(bytes);
  if (!xgboost::is_archive(*bytes)) return xgboost::model_in(*bytes);
  auto archived = xgboost::model_in_archive(*bytes);
  if (!archived) return pass_on(archived);
  for (const std::string& other : archived->left_out)
    fmt::print(stderr, "handrail: {}: \"{}\" beside the model is not used\n", file.string(), other);
  return xgboost::model_in(archived->file);
}

int refuse(const std::string& what, const Error& error) {
  fmt::print(stderr, "handrail: {}{}\n", what, error.message);
  return exit_code_of(error);
}

serving::ServiceOptions service_options(const ServeModelFlags& flags) {
  serving::ServiceOptions options;
  const std::size_t usual =
      is_batch() ? serving::ServiceOptions::kBatchBodyBytesMax : serving::ServiceOptions::kBodyBytesMax;
  options.body_bytes_max = flags.body_bytes_max == 0 ? usual : flags.body_bytes_max;
  options.layout = is_batch() ? serving::Layout::kLineEach : serving::Layout::kTogether;
  options.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
  if (const char* accept = std::getenv("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"))
    options.answer = serving::form_to_answer(accept, options.answer).value_or(options.answer);
  return options;
}

}  // namespace

int run_serve_model(const ServeModelFlags& flags) {
  EndSignals signals;
  const auto file = model_file(flags.model);
  if (!file) return refuse("", file.error());
  auto model = model_of(*file);
  if (!model) return refuse(file->string() + ": ", model.error());
  const std::size_t trees = model->forest.trees(), features = model->forest.features();

  const serving::ServiceOptions options = service_options(flags);
  serving::ModelService service(std::move(model->forest), options);
  gateway::ServerOptions listening;
  // In SageMaker's container requests come from outside of it; elsewhere there is nobody to trust.
  listening.address = !flags.address.empty() ? flags.address : flags.model.empty() ? "0.0.0.0" : "127.0.0.1";
  listening.port = flags.port;
  listening.body_bytes_max = options.body_bytes_max;
  listening.request_within = kBodyWithin;
  const SystemClock clock;
  telemetry::Metrics metrics;
  gateway::Server server(
      listening,
      [&service](gateway::HttpRequest request, std::shared_ptr<gateway::Exchange> exchange) {
        service.handle(std::move(request), std::move(exchange));
      },
      clock, metrics);
  if (auto started = server.start(); !started) return refuse("", started.error());
  fmt::print("handrail {} scores on http://{}:{}; {} trees over {} features from {}\n", kVersion, listening.address,
             server.port(), trees, features, file->string());
  std::fflush(stdout);
  signals.wait();
  server.stop(kDrain);
  service.stop();
  return kOk;
}

}  // namespace handrail
