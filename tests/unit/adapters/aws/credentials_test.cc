// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/credentials.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>

#include "base/utc.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/adapters/aws/scripted_http.h"

using namespace handrail;
using namespace handrail::test;

namespace {

struct Place {
  std::map<std::string, std::string> variables;
  TemporaryFolder home;
  ScriptedHttp http;
  FakeClock clock;
  aws::CredentialChain chain{{[this](const std::string& name) {
                                const auto found = variables.find(name);
                                return found == variables.end() ? std::nullopt : std::optional(found->second);
                              },
                              home.path()},
                             http,
                             clock};

  void file(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(home.path() / ".aws");
    std::ofstream(home.path() / ".aws" / name) << text;
  }
  // As an endpoint tells of them.
  static std::string told(const std::string& id, const std::string& expiration) {
    return R"({"Code":"Success","AccessKeyId":")" + id + R"(","SecretAccessKey":"s","Token":"t","Expiration":")" +
           expiration + "\"}";
  }
};

constexpr const char* kShared = R"(# mine
[default]
aws_access_key_id = DEFAULT
aws_secret_access_key=one

[ other ]
aws_access_key_id = OTHER
aws_secret_access_key = two
aws_session_token = three
[empty]
region = eu-central-1
)";

}  // namespace

TEST_CASE("a profile is read from either of the shared files") {
  CHECK(aws::credentials_in(kShared, "default")->access_key_id == "DEFAULT");
  CHECK(aws::credentials_in(kShared, "other")->session_token == "three");
  CHECK(aws::credentials_in("[profile it]\naws_access_key_id=I\naws_secret_access_key=T\n", "it")->secret_access_key ==
        "T");
  CHECK_FALSE(aws::credentials_in(kShared, "empty"));
  CHECK_FALSE(aws::credentials_in(kShared, "nobody"));
  CHECK_FALSE(aws::credentials_in("[default\naws_access_key_id", "default"));
}

TEST_CASE("the environment comes before the files, and a profile that is named must be there") {
  Place place;
  place.file("credentials", kShared);
  CHECK(place.chain.get()->access_key_id == "DEFAULT");
  place.chain.forget();
  place.variables = {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  CHECK(place.chain.get()->access_key_id == "ENV");
  CHECK(place.chain.source() == "the environment");
  place.chain.forget();
  place.variables = {{"AWS_PROFILE", "other"}};
  CHECK(place.chain.get()->access_key_id == "OTHER");
  place.chain.forget();
  place.variables = {{"AWS_PROFILE", "nobody"}};
  CHECK(place.chain.get().error().field == "AWS_PROFILE");
  CHECK(place.http.calls.empty());
}

TEST_CASE("a container's are asked for with its token, and only of this host or over TLS") {
  Place place;
  place.variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/it"}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "me"}};
  place.http.answer(200, Place::told("TASK", "2026-05-04T12:00:00Z"));
  CHECK(place.chain.get()->access_key_id == "TASK");
  CHECK(place.http.calls.front().url == "http://169.254.170.2/v2/it");
  CHECK(field(place.http.calls.front(), "authorization") == "me");
  place.chain.forget();
  place.variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://elsewhere.example/it"}};
  CHECK(place.chain.get().error().code == ErrorCode::kInvalidArgument);
  CHECK(place.http.calls.size() == 1);
}

TEST_CASE("an instance's are asked for by a token of its metadata") {
  Place place;
  place.http.answer(200, "token");
  place.http.answer(200, "role\n");
  place.http.answer(200, Place::told("INSTANCE", "2026-05-04T12:00:00Z"));
  CHECK(place.chain.get()->access_key_id == "INSTANCE");
  CHECK(place.http.calls[0].method == "PUT");
  CHECK(place.http.calls[2].url.ends_with("/security-credentials/role"));
  CHECK(field(place.http.calls[2], "x-aws-ec2-metadata-token") == "token");
  Place nowhere;
  CHECK(nowhere.chain.get().error().code == ErrorCode::kNotFound);
  Place told_not_to;
  told_not_to.variables = {{"AWS_EC2_METADATA_DISABLED", "true"}};
  CHECK_FALSE(told_not_to.chain.get());
  CHECK(told_not_to.http.calls.empty());
}

TEST_CASE("temporary ones are fetched anew before they end, and those that still hold serve until then") {
  Place place;
  place.variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/it"}};
  const UnixMillis now = place.clock.now() / 1000;
  const auto in = [&](Millis span) {
    std::string time = utc(now + span);
    time[10] = 'T';
    return time + "Z";
  };
  place.http.answer(200, Place::told("FIRST", in(kHour)));
  CHECK(place.chain.get()->access_key_id == "FIRST");
  place.clock.advance(50 * kMinute);
  CHECK(place.chain.get()->access_key_id == "FIRST");
  CHECK(place.http.calls.size() == 1);
  place.clock.advance(6 * kMinute);
  place.http.answer(500, "");
  CHECK(place.chain.get()->access_key_id == "FIRST");
  place.http.answer(200, Place::told("SECOND", in(2 * kHour)));
  CHECK(place.chain.get()->access_key_id == "SECOND");
  place.clock.advance(3 * kHour);
  CHECK(place.chain.get().error().code == ErrorCode::kUnavailable);
}
