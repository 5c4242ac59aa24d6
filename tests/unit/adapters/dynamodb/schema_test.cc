// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/schema.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/fake_clock.h"
#include "tests/unit/adapters/aws/scripted_http.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

// What a database says of its tables; of Alternator's kind where `arn` says so.
class Tables final : public aws::HttpClient {
 public:
  explicit Tables(std::string arn) : arn_(std::move(arn)) {}

  Result<aws::HttpReply> send(const aws::HttpCall& call) override {
    const std::string target = field(call, "x-amz-target");
    const std::string operation = target.substr(target.find('.') + 1);
    const json::object request = json::parse(call.body).as_object();
    ++asked[operation];
    if (operation == "ListTagsOfResource" || operation == "TagResource") {
      const std::string name(request.at("ResourceArn").as_string().subview(arn_.size()));
      if (operation == "TagResource") isolation[name] = tag_in(request);
      return reply(isolation.contains(name) ? json::object{{"Tags", json::array{tag(isolation[name])}}}
                                            : json::object{});
    }
    const std::string name(request.at("TableName").as_string());
    if (operation == "CreateTable") made_[name] = request;
    if (operation == "DescribeTable" && !made_.contains(name))
      return aws::HttpReply{400, {}, R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"})"};
    if (operation != "DescribeTable") return reply({});
    json::object table = made_[name];
    table["TableArn"] = arn_ + name;
    table["TableStatus"] = "ACTIVE";
    return reply({{"Table", table}});
  }

  std::map<std::string, std::string> isolation;  // by table
  std::map<std::string, int> asked;              // by operation

 private:
  static aws::HttpReply reply(const json::object& body) { return {200, {}, json::serialize(body)}; }
  static json::object tag(const std::string& value) { return {{"Key", "system:write_isolation"}, {"Value", value}}; }
  static std::string tag_in(const json::object& request) {
    const json::value& first = request.at("Tags").as_array().front();
    CHECK(first.at("Key") == "system:write_isolation");
    return std::string(first.at("Value").as_string());
  }

  const std::string arn_;
  std::map<std::string, json::object> made_;
};

struct World {
  explicit World(std::string arn) : tables(std::move(arn)) {}

  aws::Client::Surrounding around() {
    return {tables, credentials, clock, [](Millis) {}, [] { return 0.5; }};
  }
  static aws::ClientOptions options() {
    aws::ClientOptions o;
    o.scope = {"eu-central-1", "dynamodb"};
    o.endpoint = "http://127.0.0.1:8000";
    return o;
  }
  Result<std::vector<dynamodb::TableReport>> create() {
    return dynamodb::create(
        database, [](Millis) {}, 1);
  }

  static std::optional<std::string> variable(const std::string& name) {
    if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY") return "test";
    return std::nullopt;
  }

  FakeClock clock;
  Tables tables;
  aws::CredentialChain credentials{{variable, {}}, tables, clock};
  aws::Client client{options(), around()};
  dynamodb::Database database{{}, client, around()};
};

const std::string kScylla = "arn:scylla:alternator:alternator:scylla:table/";
const std::string kAmazon = "arn:aws:dynamodb:eu-central-1:000000000000:table/";
const std::string kVisitors = "handrail-journeys";

}  // namespace

TEST_CASE("on Alternator the tables that are made say how writes are isolated") {
  World world(kScylla);
  REQUIRE(world.create());
  CHECK(world.tables.isolation.size() == std::size(dynamodb::kTables));
  for (const auto& [name, isolation] : world.tables.isolation) CHECK(isolation == "always_use_lwt");
  CHECK(dynamodb::check_isolation(world.database));
}

TEST_CASE("a policy under which writes are lost is refused by name, and one that is sound is left") {
  World world(kScylla);
  REQUIRE(world.create());
  for (const char* sound : {"a", "always", "always_use_lwt"}) {
    world.tables.isolation[kVisitors] = sound;
    CHECK(dynamodb::check_isolation(world.database));
    REQUIRE(world.create());
    CHECK(world.tables.isolation[kVisitors] == sound);
  }
  for (const char* unsound :
       {"o", "only_rmw_uses_lwt", "u", "unsafe", "unsafe_rmw", "f", "forbid", "forbid_rmw", "no_such"}) {
    CAPTURE(unsound);
    world.tables.isolation[kVisitors] = unsound;
    const auto checked = dynamodb::check_isolation(world.database);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::kConflict);
    CHECK(checked.error().message.find("handrail-journeys") != std::string::npos);
    CHECK(checked.error().message.find(unsound) != std::string::npos);
    const auto made = world.create();
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::kConflict);
    CHECK(world.tables.isolation[kVisitors] == unsound);
  }
  world.tables.isolation.erase(kVisitors);
  const auto checked = dynamodb::check_isolation(world.database);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message.find("handrail tables create") != std::string::npos);
  REQUIRE(world.create());
  CHECK(dynamodb::check_isolation(world.database));
}

TEST_CASE("of Amazon's tables nothing is asked about isolation") {
  World world(kAmazon);
  REQUIRE(world.create());
  CHECK(dynamodb::check_isolation(world.database));
  CHECK(world.tables.asked["ListTagsOfResource"] == 0);
  CHECK(world.tables.asked["TagResource"] == 0);
}
