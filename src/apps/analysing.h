// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/aws/credentials.h"
#include "adapters/aws/http_client.h"
#include "config/config.h"
#include "engine/analyst_desk.h"

namespace handrail {

// The price of a model in a table like that of analyst.prices ("MODEL=INPUT/OUTPUT, ...", US dollars for a million
// tokens); a profile of several regions ("eu.amazon...") costs what its model does. Nothing where it is not listed;
// kInvalidArgument names the entry that is none.
Result<std::optional<TokenPrices>> price_of(std::string_view table, std::string_view model);

// A provider, put together by the configuration. kInvalidArgument where something is missing.
class Provider {
 public:
  static Result<std::unique_ptr<Provider>> make(const Config& config, const Clock& clock);

  Analyst& analyst() { return *analyst_; }
  const TokenPrices& prices() const { return prices_; }

 private:
  Provider(const Config& config, const std::string& region, const Clock& clock);

  std::unique_ptr<aws::HttpClient> http_;
  aws::CredentialChain credentials_;
  std::unique_ptr<Analyst> analyst_;
  TokenPrices prices_;
};

// What any provider is told of a journey.
PromptText prompt_text(const core::Digest& digest, const core::AnalystRules& rules);

// What has hard cases read by a provider, put together by the configuration.
class Analysing {
 public:
  // Nothing where the built-in analyst is the only one.
  static Result<std::unique_ptr<Analysing>> make(const Config& config, RecordSink& log, const Clock& clock,
                                                 telemetry::Metrics& metrics);
  AnalystDesk& desk() { return desk_; }

 private:
  Analysing(std::unique_ptr<Provider> provider, const Config& config, RecordSink& log, const Clock& clock,
            telemetry::Metrics& metrics);

  std::unique_ptr<Provider> provider_;
  AnalystDesk desk_;
};

}  // namespace handrail
