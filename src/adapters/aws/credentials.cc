// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/credentials.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "adapters/aws/text.h"
#include "base/text.h"
#include "base/utc.h"

namespace handrail::aws {
namespace {

namespace json = boost::json;

constexpr Millis kLocalConnectWithin = kSecond;
constexpr Millis kLocalWithin = 2 * kSecond;
constexpr const char* kInstanceMetadata = "http://169.254.169.254";

std::optional<std::string> content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}, as containers and instances are told.
std::optional<Credentials> credentials_told(const std::string& body) {
  boost::system::error_code ec;
  const json::value value = json::parse(body, ec);
  if (ec) return std::nullopt;
  Credentials told{member(value, {"AccessKeyId"}), member(value, {"SecretAccessKey"}), member(value, {"Token"}), {}};
  if (told.access_key_id.empty() || told.secret_access_key.empty()) return std::nullopt;
  told.expires_at = parse_utc(member(value, {"Expiration"}));
  return told;
}

HttpCall local_call(std::string method, std::string url, Fields headers) {
  return {std::move(method), std::move(url), std::move(headers), {}, kLocalConnectWithin, kLocalWithin};
}

// A token is sent to this host, or over TLS: to nobody else.
bool may_be_asked(std::string_view url) {
  for (const std::string_view allowed : {"https://", "http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:",
                                         "http://localhost/", "http://169.254.170.2/", "http://169.254.170.23/"}) {
    if (url.starts_with(allowed)) return true;
  }
  return false;
}

}  // namespace

Surroundings Surroundings::of_this_process() {
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return {variable, variable("HOME").value_or("")};
}

std::optional<Credentials> credentials_in(std::string_view ini, std::string_view profile) {
  std::map<std::string, std::string, std::less<>> values;
  bool is_ours = false;
  for (std::size_t at = 0; at < ini.size();) {
    const std::size_t end = std::min(ini.find('\n', at), ini.size());
    const std::string_view line = trimmed(ini.substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      std::string_view name =
          trimmed(line.substr(1, line.find(']') == std::string_view::npos ? 0 : line.find(']') - 1));
      if (name.starts_with("profile ")) name = trimmed(name.substr(8));
      is_ours = name == profile;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (is_ours && equals != std::string_view::npos)
      values[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
  }
  if (values["aws_access_key_id"].empty() || values["aws_secret_access_key"].empty()) return std::nullopt;
  return Credentials{values["aws_access_key_id"], values["aws_secret_access_key"], values["aws_session_token"], {}};
}

std::string CredentialChain::variable(const std::string& name) const {
  return surroundings_.variable(name).value_or("");
}

Result<Credentials> CredentialChain::get() {
  std::lock_guard lock(mutex_);
  const UnixMillis now = clock_.now() / 1000;
  const bool is_fresh =
      found_ && (!found_->credentials.expires_at || *found_->credentials.expires_at - kRenewBefore > now);
  if (is_fresh) return found_->credentials;
  auto found = look();
  if (found && *found) {
    found_ = std::move(**found);
    return found_->credentials;
  }
  // Those that still hold are better than none.
  if (found_ && found_->credentials.expires_at.value_or(0) > now) return found_->credentials;
  if (!found) return pass_on(found);
  return fail(ErrorCode::kNotFound,
              "no AWS credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, nor a profile \"" +
                  surroundings_.variable("AWS_PROFILE").value_or("default") +
                  "\" in ~/.aws, nor a container's, nor an instance's");
}

void CredentialChain::forget() {
  std::lock_guard lock(mutex_);
  found_.reset();
}

std::string CredentialChain::source() const {
  std::lock_guard lock(mutex_);
  return found_ ? found_->source : std::string{};
}

Result<std::optional<CredentialChain::Found>> CredentialChain::look() const {
  if (auto found = from_environment()) return found;
  for (const auto step : {&CredentialChain::from_files, &CredentialChain::from_container}) {
    auto found = (this->*step)();
    if (!found || *found) return found;
  }
  return from_instance();
}

std::optional<CredentialChain::Found> CredentialChain::from_environment() const {
  Credentials given{
      variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN"), {}};
  if (given.access_key_id.empty() || given.secret_access_key.empty()) return std::nullopt;
  return Found{std::move(given), "the environment"};
}

Result<std::optional<CredentialChain::Found>> CredentialChain::from_files() const {
  const std::string named = variable("AWS_PROFILE");
  const std::string profile = named.empty() ? "default" : named;
  const auto file = [&](const char* name, const char* usual) {
    const std::string given = variable(name);
    return given.empty() ? surroundings_.home / ".aws" / usual : std::filesystem::path(given);
  };
  for (const auto& path : {file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), file("AWS_CONFIG_FILE", "config")}) {
    const auto content = content_of(path);
    if (!content) continue;
    if (auto found = credentials_in(*content, profile))
      return std::optional<Found>{{std::move(*found), path.string() + ", profile " + profile}};
  }
  if (named.empty()) return std::optional<Found>{};
  return fail(ErrorCode::kNotFound, "AWS_PROFILE: no credentials of a profile \"" + named + "\" in ~/.aws",
              "AWS_PROFILE");
}

Result<std::optional<CredentialChain::Found>> CredentialChain::from_container() const {
  const std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string url =
      relative.empty() ? variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") : "http://169.254.170.2" + relative;
  if (url.empty()) return std::optional<Found>{};
  if (!may_be_asked(url))
    return fail(ErrorCode::kInvalidArgument,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI: neither this host's nor https: " + url,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  Fields headers;
  std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
    token = content_of(file).value_or("");
  if (!token.empty()) headers.emplace_back("authorization", trimmed(token.substr(0, token.find('\n'))));
  auto reply = http_.send(local_call("GET", url, std::move(headers)));
  if (!reply) return pass_on(reply);
  auto told = reply->status == 200 ? credentials_told(reply->body) : std::nullopt;
  if (!told)
    return fail(ErrorCode::kUnavailable, "the container's credentials: status " + std::to_string(reply->status));
  return std::optional<Found>{{std::move(*told), "the container's endpoint"}};
}

std::optional<CredentialChain::Found> CredentialChain::from_instance() const {
  if (variable("AWS_EC2_METADATA_DISABLED") == "true") return std::nullopt;
  const std::string given = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  const std::string base = (given.empty() ? kInstanceMetadata : given) + "/latest/";
  auto token = http_.send(local_call("PUT", base + "api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
  if (!token || token->status != 200) return std::nullopt;  // not on an instance
  const Fields with_token{{"x-aws-ec2-metadata-token", token->body}};
  const std::string roles = base + "meta-data/iam/security-credentials/";
  auto role = http_.send(local_call("GET", roles, with_token));
  if (!role || role->status != 200) return std::nullopt;
  const std::string name(trimmed(std::string_view(role->body).substr(0, role->body.find('\n'))));
  auto reply = http_.send(local_call("GET", roles + uri_encoded(name), with_token));
  if (!reply || reply->status != 200) return std::nullopt;
  auto told = credentials_told(reply->body);
  if (!told) return std::nullopt;
  return Found{std::move(*told), "the instance's role " + name};
}

}  // namespace handrail::aws
