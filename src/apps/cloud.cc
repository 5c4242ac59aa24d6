// SPDX-License-Identifier: Apache-2.0
#include "apps/cloud.h"

#include <cstdlib>
#include <random>
#include <thread>

#include "adapters/dynamodb/schema.h"
#include "moving/shared_target.h"

namespace handrail {

std::string aws_region_of(const Config& config) {
  if (!config.aws.region.empty()) return config.aws.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

aws::CurlOptions aws_http_options() {
  aws::CurlOptions o;
  if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr) o.ca_file = file;
  return o;
}

namespace {

double drawn() {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

aws::ClientOptions client_options(const std::string& region, const char* service, const std::string& endpoint,
                                  const char* content_type) {
  aws::ClientOptions o;
  o.scope = {region, service};
  o.endpoint = endpoint;
  o.content_type = content_type;
  return o;
}

}  // namespace

Result<std::unique_ptr<Cloud>> Cloud::make(const Config& config, const Clock& clock) {
  std::string region = aws_region_of(config);
  if (region.empty())
    return fail(ErrorCode::kInvalidArgument, "aws.region: name a region, there or in AWS_REGION", "aws.region");
  return std::unique_ptr<Cloud>(new Cloud(config, std::move(region), clock));
}

Cloud::Cloud(const Config& config, std::string region, const Clock& clock)
    : config_(config),
      region_(std::move(region)),
      clock_(clock),
      http_(aws::make_curl_client(aws_http_options())),
      credentials_(aws::Surroundings::of_this_process(), *http_, clock),
      kinesis_(client_options(region_, "kinesis", config.aws.kinesis_endpoint, "application/x-amz-json-1.1"),
               surrounding()),
      dynamodb_(client_options(region_, "dynamodb", config.aws.dynamodb_endpoint, "application/x-amz-json-1.0"),
                surrounding()),
      database_({config.dynamodb.prefix}, dynamodb_, surrounding()),
      unopened_tables_(std::make_unique<dynamodb::DynamoTables>(database_, clock, config.dynamodb.kept_days * kDay)),
      history_(database_, clock, config.dynamodb.events_kept_days * kDay),
      control_(database_, *unopened_tables_),
      view_(control_, clock),
      news_(config.kinesis.outbox_stream, kinesis_, surrounding()) {
  tables_ = unopened_tables_.get();
}

aws::Client::Surrounding Cloud::surrounding() {
  return {*http_, credentials_, clock_,
          [](Millis span) { std::this_thread::sleep_for(std::chrono::milliseconds(span)); }, drawn};
}

Result<void> Cloud::open_lists() {
  if (auto opened = open_lists_to_move(); !opened) return opened;
  return moving::check_moved_in(database_);
}

Result<void> Cloud::open_lists_to_move() {
  auto lists = TableStateStore::open(std::move(unopened_tables_));
  if (!lists) {
    if (lists.error().code != ErrorCode::kNotFound) return pass_on(lists);
    return fail(ErrorCode::kNotFound, "the tables " + config_.dynamodb.prefix +
                                          "* are not there; make them: handrail tables create (" +
                                          lists.error().message + ")");
  }
  lists_ = std::move(*lists);
  state_ = std::make_unique<dynamodb::DynamoState>(
      dynamodb::DynamoState::Parts{database_, *tables_, *lists_, history_, clock_}, config_.dynamodb.kept_days * kDay);
  return {};
}

Result<void> Cloud::check_isolation() {
  if (config_.aws.dynamodb_endpoint.empty()) return {};
  return dynamodb::check_isolation(database_);
}

Result<void> Cloud::pin(const std::string& name, const std::string& value) {
  const dynamodb::Item key{{"pk", dynamodb::text("pinned")}, {"sk", dynamodb::text(name)}};
  dynamodb::Item item = key;
  item["value"] = dynamodb::text(value);
  const std::string table = database_.name_of(dynamodb::kControl);
  auto put = database_.call(
      "PutItem",
      {{"TableName", table}, {"Item", std::move(item)}, {"ConditionExpression", "attribute_not_exists(pk)"}});
  if (put) return {};
  if (put.error().code != ErrorCode::kConflict) return pass_on(put);
  auto known = database_.call("GetItem", {{"TableName", table}, {"Key", key}, {"ConsistentRead", true}});
  if (!known) return pass_on(known);
  const std::string before = dynamodb::text_in(dynamodb::object_at(*known, "Item"), "value").value_or("");
  if (before == value) return {};
  return fail(ErrorCode::kConflict, before);
}

std::unique_ptr<kinesis::KinesisSink> Cloud::make_sink() {
  kinesis::KinesisSinkOptions o;
  o.stream = config_.kinesis.events_stream;
  o.lanes = static_cast<std::size_t>(config_.kinesis.lanes);
  o.waiting_bytes_max = static_cast<std::size_t>(config_.kinesis.waiting_bytes_max);
  o.give_up_after = config_.kinesis.give_up_after_ms;
  return std::make_unique<kinesis::KinesisSink>(std::move(o), kinesis_, surrounding());
}

Result<std::unique_ptr<kinesis::KinesisNewsReader>> Cloud::open_news() {
  kinesis::KinesisNewsOptions o;
  o.stream = config_.kinesis.outbox_stream;
  o.read_every = config_.kinesis.read_every_ms;
  return kinesis::KinesisNewsReader::open(std::move(o), kinesis_, surrounding());
}

}  // namespace handrail
