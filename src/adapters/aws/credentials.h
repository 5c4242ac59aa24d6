// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/aws/http_client.h"
#include "ports/clock.h"

namespace handrail::aws {

// What the chain asks of the process it runs in.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> variable;  // of the environment
  std::filesystem::path home;                                                   // ~/.aws lies here
  static Surroundings of_this_process();
};

// The credentials of a profile in the text of ~/.aws/credentials, or of ~/.aws/config (`[profile NAME]`). Nothing: it
// holds none.
std::optional<Credentials> credentials_in(std::string_view ini, std::string_view profile);

// Credentials where AWS's own libraries look for them, in their order: the environment, the shared files under
// AWS_PROFILE, the container's endpoint (ECS, EKS Pod Identity), the instance's metadata (IMDSv2). Temporary ones are
// fetched anew five minutes before they end. Thread-safe; blocks while it fetches.
class CredentialChain {
 public:
  static constexpr Millis kRenewBefore = 5 * kMinute;

  CredentialChain(Surroundings surroundings, HttpClient& http, const Clock& clock)
      : surroundings_(std::move(surroundings)), http_(http), clock_(clock) {}

  // kNotFound names the places that were looked at.
  Result<Credentials> get();
  // The service refused them: the next get() looks again.
  void forget();
  std::string source() const;  // where the last ones were found; for people

 private:
  struct Found {
    Credentials credentials;
    std::string source;
  };
  Result<std::optional<Found>> look() const;
  std::optional<Found> from_environment() const;
  Result<std::optional<Found>> from_files() const;
  Result<std::optional<Found>> from_container() const;
  std::optional<Found> from_instance() const;
  std::string variable(const std::string& name) const;

  const Surroundings surroundings_;
  HttpClient& http_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards found_
  std::optional<Found> found_;
};

}  // namespace handrail::aws
