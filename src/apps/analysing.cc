// SPDX-License-Identifier: Apache-2.0
#include "apps/analysing.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "adapters/bedrock/converse_analyst.h"
#include "adapters/language/prompt.h"
#include "adapters/openai/chat_analyst.h"
#include "apps/cloud.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr const char* kPrices = "analyst.prices";
constexpr double kDollarsMax = 100'000;  // for a million tokens: more is a slip

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// In 10^-6 dollars.
std::optional<std::int64_t> micros_in(std::string_view dollars) {
  double value = 0;
  const auto [end, error] = std::from_chars(dollars.data(), dollars.data() + dollars.size(), value);
  if (error != std::errc{} || end != dollars.data() + dollars.size() || !(value >= 0 && value <= kDollarsMax))
    return std::nullopt;
  return std::llround(value * 1e6);
}

std::optional<TokenPrices> prices_in(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto input = micros_in(trimmed(text.substr(0, slash)));
  const auto output = micros_in(trimmed(text.substr(slash + 1)));
  if (!input || !output) return std::nullopt;
  return TokenPrices{*input, *output};
}

// "eu.amazon.nova-micro-v1:0" is "amazon.nova-micro-v1:0", asked in one of several regions.
bool is_same_model(std::string_view listed, std::string_view model) {
  if (listed == model) return true;
  return model.size() > listed.size() + 1 && model.ends_with(listed) &&
         model[model.size() - listed.size() - 1] == '.' && model.find('.') == model.size() - listed.size() - 1;
}

std::string key_of_environment() {
  const char* key = std::getenv("AWS_BEARER_TOKEN_BEDROCK");
  return key == nullptr ? std::string{} : std::string{key};
}

AnalystDeskOptions desk_options(const Config::Analyst& config, const TokenPrices& prices) {
  constexpr std::int64_t kNanoDollarsOfCent = 10'000'000;
  AnalystDeskOptions o;
  o.deadline = config.deadline_ms;
  o.in_flight = static_cast<std::size_t>(config.in_flight);
  o.queue_max = static_cast<std::size_t>(config.queue);
  o.per_minute = config.per_minute;
  o.nano_dollars_per_day = config.cents_per_day * kNanoDollarsOfCent;
  o.prices = prices;
  o.cache_entries = static_cast<std::size_t>(config.cache_entries);
  o.cache_holds = config.cache_s * kSecond;
  o.breaker.open = config.open_ms;
  o.breaker.open_max = config.open_max_ms;
  return o;
}

}  // namespace

Result<std::optional<TokenPrices>> price_of(std::string_view table, std::string_view model) {
  std::optional<TokenPrices> found;
  while (!table.empty()) {
    const auto comma = table.find(',');
    const std::string_view entry = trimmed(table.substr(0, comma));
    table.remove_prefix(comma == std::string_view::npos ? table.size() : comma + 1);
    if (entry.empty()) continue;
    const auto equals = entry.rfind('=');
    const auto prices = equals == std::string_view::npos ? std::nullopt : prices_in(entry.substr(equals + 1));
    if (!prices)
      return fail(ErrorCode::kInvalidArgument,
                  std::string(kPrices) + ": \"" + std::string(entry) + "\" is not MODEL=INPUT/OUTPUT in US dollars",
                  kPrices);
    if (is_same_model(trimmed(entry.substr(0, equals)), model)) found = prices;
  }
  return found;
}

PromptText prompt_text(const core::Digest& digest, const core::AnalystRules& rules) {
  language::Prompt prompt = language::prompt_of(digest, rules);
  return {std::move(prompt.system), std::move(prompt.user), std::string(language::kPromptVersion)};
}

Result<std::unique_ptr<Provider>> Provider::make(const Config& config, const Clock& clock) {
  const Config::Analyst& a = config.analyst;
  const std::string region = a.region.empty() ? aws_region_of(config) : a.region;
  if (a.kind == "bedrock" && region.empty())
    return fail(ErrorCode::kInvalidArgument, "analyst.region: name a region, there, in aws.region or in AWS_REGION",
                "analyst.region");
  std::unique_ptr<Provider> provider(new Provider(config, region, clock));
  auto prices = price_of(a.prices, provider->analyst().model());
  if (!prices) return pass_on(prices);
  if (a.kind == "bedrock" && !*prices)
    telemetry::log_warning("analyst.prices has no price for " + provider->analyst().model() +
                           ": what it costs is not counted, and analyst.cents_per_day limits nothing");
  provider->prices_ = prices->value_or(TokenPrices{});
  return provider;
}

Provider::Provider(const Config& config, const std::string& region, const Clock& clock)
    : http_(aws::make_curl_client(aws_http_options())),
      credentials_(aws::Surroundings::of_this_process(), *http_, clock) {
  const Config::Analyst& a = config.analyst;
  const int max_tokens = static_cast<int>(a.max_tokens);
  if (a.kind == "openai") {
    analyst_ = std::make_unique<openai::ChatAnalyst>(openai::ChatOptions{a.url, a.model, a.api_key, max_tokens}, *http_,
                                                     clock);
    return;
  }
  bedrock::ConverseOptions o;
  o.region = region;
  if (!a.model.empty()) o.model = a.model;
  o.endpoint = a.url;
  o.api_key = a.api_key.empty() ? key_of_environment() : a.api_key;
  o.max_tokens = max_tokens;
  analyst_ = std::make_unique<bedrock::ConverseAnalyst>(std::move(o), *http_, credentials_, clock);
}

Result<std::unique_ptr<Analysing>> Analysing::make(const Config& config, RecordSink& log, const Clock& clock,
                                                   telemetry::Metrics& metrics) {
  if (config.analyst.kind == "builtin") return std::unique_ptr<Analysing>();
  auto provider = Provider::make(config, clock);
  if (!provider) return pass_on(provider);
  return std::unique_ptr<Analysing>(new Analysing(std::move(*provider), config, log, clock, metrics));
}

Analysing::Analysing(std::unique_ptr<Provider> provider, const Config& config, RecordSink& log, const Clock& clock,
                     telemetry::Metrics& metrics)
    : provider_(std::move(provider)),
      desk_(desk_options(config.analyst, provider_->prices()), {provider_->analyst(), log, clock}, metrics) {}

}  // namespace handrail
