// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <thread>

#include "adapters/aws/client.h"
#include "adapters/dynamodb/dynamo_control.h"
#include "adapters/dynamodb/dynamo_state.h"
#include "adapters/dynamodb/schema.h"
#include "adapters/system/system_clock.h"

namespace handrail::test {

// AWS as a test sees it: an emulator, or the account that the environment leads to.
class Aws {
 public:
  Aws() : credentials_(aws::Surroundings::of_this_process(), *http_, clock_) {}

  aws::Client::Surrounding around() {
    return {*http_, credentials_, clock_,
            [](Millis span) { std::this_thread::sleep_for(std::chrono::milliseconds(span)); }, [] { return 0.5; }};
  }
  aws::Client client(const std::string& service, const std::string& endpoint, const char* content_type) {
    aws::ClientOptions o;
    o.scope = {"eu-central-1", service};
    o.endpoint = endpoint;
    o.content_type = content_type;
    return {o, around()};
  }
  const Clock& clock() const { return clock_; }

 private:
  SystemClock clock_;
  std::unique_ptr<aws::HttpClient> http_ = aws::make_curl_client();
  aws::CredentialChain credentials_;
};

// The shared state in tables that are there.
class Dynamo {
 public:
  Dynamo(const std::string& endpoint, const std::string& prefix)
      : client_(aws_.client("dynamodb", endpoint, "application/x-amz-json-1.0")),
        database_({prefix}, client_, aws_.around()) {
    auto tables = std::make_unique<dynamodb::DynamoTables>(database_, aws_.clock(), kDay);
    tables_ = tables.get();
    auto lists = TableStateStore::open(std::move(tables));
    REQUIRE(lists);
    lists_ = std::move(*lists);
    history_ = std::make_unique<dynamodb::DynamoHistory>(database_, aws_.clock(), kDay);
    state_ = std::make_unique<dynamodb::DynamoState>(
        dynamodb::DynamoState::Parts{database_, *tables_, *lists_, *history_, aws_.clock()}, kDay);
    control_ = std::make_unique<dynamodb::DynamoControl>(database_, *tables_);
  }
  dynamodb::DynamoState& state() { return *state_; }
  dynamodb::DynamoHistory& history() { return *history_; }
  dynamodb::DynamoTables& tables() { return *tables_; }
  TableStateStore& lists() { return *lists_; }
  dynamodb::DynamoControl& control() { return *control_; }
  dynamodb::Database& database() { return database_; }
  Aws& aws() { return aws_; }

 private:
  Aws aws_;
  aws::Client client_;
  dynamodb::Database database_;
  dynamodb::DynamoTables* tables_ = nullptr;  // lists_ owns it
  std::unique_ptr<TableStateStore> lists_;
  std::unique_ptr<dynamodb::DynamoHistory> history_;
  std::unique_ptr<dynamodb::DynamoState> state_;
  std::unique_ptr<dynamodb::DynamoControl> control_;
};

// The same in tables of its own.
class DynamoOfItsOwn : public Dynamo {
 public:
  explicit DynamoOfItsOwn(const std::string& endpoint) : Dynamo(endpoint, made_prefix(endpoint)) {}

 private:
  static std::string made_prefix(const std::string& endpoint) {
    Aws aws;
    aws::Client client = aws.client("dynamodb", endpoint, "application/x-amz-json-1.0");
    std::string prefix = "test-" + std::to_string(std::random_device{}()) + "-";
    dynamodb::Database database({prefix}, client, aws.around());
    auto made = dynamodb::create(database, aws.around().pause, 60);
    REQUIRE_MESSAGE(made, made.error().message);
    return prefix;
  }
};

}  // namespace handrail::test
