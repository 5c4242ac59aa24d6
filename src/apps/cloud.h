// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/aws/client.h"
#include "adapters/common/table_state_store.h"
#include "adapters/dynamodb/dynamo_control.h"
#include "adapters/dynamodb/dynamo_state.h"
#include "adapters/kinesis/kinesis_news.h"
#include "adapters/kinesis/kinesis_sink.h"
#include "adapters/system/system_clock.h"
#include "cluster/control_view.h"
#include "config/config.h"

namespace handrail {

// aws.region, else the environment's; "" where neither names one.
std::string aws_region_of(const Config& config);
aws::CurlOptions aws_http_options();

// AWS as gateways and functions see it: clients, the stream, the tables. Holds no connection until something is asked.
class Cloud {
 public:
  // kInvalidArgument where no region is named.
  static Result<std::unique_ptr<Cloud>> make(const Config& config, const Clock& clock);

  // Reads which form the stored state has. kNotFound where there are no tables, kConflict while somebody moves in.
  Result<void> open_lists();
  Result<void> open_lists_to_move();  // the same for who moves in
  // Whether conditional writes hold on a database that is not AWS's own. kConflict says what to change.
  Result<void> check_isolation();
  // Keeps a fact about the deployment when it is first told. kConflict, with what was told then, where it is another.
  Result<void> pin(const std::string& name, const std::string& value);

  const std::string& region() const { return region_; }
  aws::HttpClient& http() { return *http_; }
  aws::Client& kinesis() { return kinesis_; }
  aws::Client& dynamodb() { return dynamodb_; }
  dynamodb::Database& database() { return database_; }
  aws::Client::Surrounding surrounding();

  TableStateStore& lists() { return *lists_; }
  dynamodb::DynamoTables& tables() { return *tables_; }
  dynamodb::DynamoHistory& history() { return history_; }
  dynamodb::DynamoState& state() { return *state_; }
  ControlView& control() { return view_; }
  ControlLog& control_log() { return control_; }
  NewsSender& news() { return news_; }
  std::unique_ptr<kinesis::KinesisSink> make_sink();
  Result<std::unique_ptr<kinesis::KinesisNewsReader>> open_news();

 private:
  Cloud(const Config& config, std::string region, const Clock& clock);

  const Config config_;
  const std::string region_;
  const Clock& clock_;
  std::unique_ptr<aws::HttpClient> http_;
  aws::CredentialChain credentials_;
  aws::Client kinesis_, dynamodb_;
  dynamodb::Database database_;
  dynamodb::DynamoTables* tables_;  // lists_ owns it
  std::unique_ptr<dynamodb::DynamoTables> unopened_tables_;
  dynamodb::DynamoHistory history_;
  dynamodb::DynamoControl control_;
  ControlView view_;
  kinesis::KinesisNewsSender news_;
  std::unique_ptr<TableStateStore> lists_;
  std::unique_ptr<dynamodb::DynamoState> state_;
};

}  // namespace handrail
