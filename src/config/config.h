// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace handrail {

// Everything that can be set. The table in fields.cc gives each its name, bounds and help; the values here are the
// defaults. Parts take their own struct.
struct Config {
  struct Server {
    std::string listen = "127.0.0.1:8080";
    std::int64_t connections_max = 16'000;
    std::int64_t header_bytes_max = 16LL << 10;
    std::int64_t body_bytes_max = 4LL << 20;
    std::int64_t request_within_ms = 10 * kSecond;
    std::int64_t idle_within_ms = 75 * kSecond;
    std::int64_t write_within_ms = 10 * kSecond;
    std::int64_t unready_ms = 0;
    std::int64_t drain_ms = 10 * kSecond;
    std::int64_t stream_waiting_bytes_max = 256LL << 10;
    std::int64_t heartbeat_ms = 15 * kSecond;
    std::int64_t requests_per_second = 20'000;
    std::int64_t inflight_bytes_max = 64LL << 20;
    std::int64_t unsynced_age_max_ms = 500;
    std::int64_t lateness_max_ms = 5;
    std::string hosts;
    std::string trusted_proxies;
  } server;
  struct Access {
    std::int64_t token_minutes = 60;
    std::int64_t sign_in_hours = 12;
    std::int64_t failed_tries_max = 20;
  } access;
  struct Intake {
    std::int64_t event_bytes_max = 32LL << 10;
    std::int64_t single_bytes_max = 1LL << 20;
    std::int64_t events_max = 1000;
    std::int64_t properties_max = 1000;
    std::int64_t oldest_ms = kDay;
    std::int64_t visitor_bytes_max = 4LL << 20;
  } intake;
  struct Log {
    std::string durability = "fsync";
    std::int64_t segment_bytes = 64LL << 20;
    std::int64_t block_bytes_max = 8LL << 20;
    std::int64_t waiting_bytes_max = 32LL << 20;
    std::int64_t tail_bytes_max = 16LL << 20;
    std::int64_t retention_hours = 7LL * 24;
    std::int64_t retention_bytes = 0;
  } log;
  struct State {
    std::int64_t checkpoint_ms = 500;
    std::int64_t sync_ms = 5000;
    std::int64_t retention_days = 0;
    std::int64_t retention_every_s = 3600;
    std::int64_t visitors_open = 8'192;
    std::int64_t visitors_in_memory = 100'000;
    std::int64_t block_cache_bytes = 32LL << 20;
    std::int64_t write_buffer_bytes = 32LL << 20;
  } state;
  struct Backup {
    std::string folder;  // empty: "backups" in the data folder
    std::int64_t keep = 7;
    std::int64_t snapshot_hours = 24;
  } backup;
  struct Erasure {
    std::int64_t every_s = 3600;
  } erasure;
  struct Engine {
    std::int64_t partitions = 1;
    std::int64_t niceness = 14;
  } engine;
  struct Policy {
    std::int64_t qualify_risk = 75;
    std::int64_t qualify_struggle = 40;
    std::int64_t rearm_risk = 55;
    std::int64_t persistent_risk = 70;
    std::int64_t persistent_count = 4;
    std::int64_t offers_per_session = 2;
    std::int64_t offers_per_day = 3;
    std::int64_t cooldown_s = 600;
    std::int64_t snooze_s = 1800;
    std::int64_t decline_s = 7LL * 24 * 3600;
    std::int64_t offer_lives_s = 120;
    std::int64_t history_after_s = 60;
    std::int64_t unanswered_after_s = 60;
    std::int64_t offer_budget_permille = 50;
    std::int64_t journey_idle_s = 1800;
    std::int64_t journey_longest_s = 43'200;
    bool needs_agent = false;
    std::int64_t holdout_percent = 0;
  } policy;
  struct Models {
    std::string retrain = "propose";
    std::int64_t retrain_after_days = 30;
    std::int64_t retrain_after_outcomes = 20'000;
    std::int64_t retrain_pause_hours = 24;
    std::int64_t trial_days = 14;
    std::int64_t trial_journeys = 300;
    std::int64_t look_every_s = 10;
  } models;
  // Where the log, the processing and the state are AWS's (`handrail gateway` and `handrail lambda`).
  struct Aws {
    std::string region;  // empty: AWS_REGION's
    std::string kinesis_endpoint;
    std::string dynamodb_endpoint;
  } aws;
  struct Stream {
    std::string kind = "kinesis";
  } stream;
  struct Kafka {
    std::string brokers = "127.0.0.1:9092";
    std::string properties;
    std::string events_topic = "handrail-events";
    std::string outbox_topic = "handrail-outbox";
    std::string group = "handrail-engine";
    std::int64_t partitions = 12;
    std::int64_t replication = 3;
    std::int64_t retention_hours = 24;
    std::int64_t session_ms = 6 * kSecond;
    std::int64_t waiting_bytes_max = 32LL << 20;
    std::int64_t give_up_after_ms = 10 * kSecond;
  } kafka;
  struct Kinesis {
    std::string events_stream = "handrail-events";
    std::string outbox_stream = "handrail-outbox";
    std::int64_t lanes = 4;
    std::int64_t waiting_bytes_max = 32LL << 20;
    std::int64_t give_up_after_ms = 10 * kSecond;
    std::int64_t read_every_ms = 200;
  } kinesis;
  struct Dynamodb {
    std::string prefix = "handrail-";
    std::int64_t visitors_at_once = 16;
    std::int64_t kept_days = 90;
    std::int64_t events_kept_days = 7;
  } dynamodb;
  // Who is asked for exit probabilities beside the embedded model.
  struct Predictor {
    std::string kind = "embedded";
    std::string endpoint_name;
    std::string target_variant;
    std::string region;    // empty: aws.region, AWS_REGION
    std::string endpoint;  // another than AWS's own
    std::string site = "default";
    std::int64_t model_version = 0;  // 0: whichever serves
    std::int64_t deadline_ms = 400;
    std::int64_t in_flight = 4;
    std::int64_t queue = 1000;
    std::int64_t min_interval_ms = 1000;
    std::int64_t open_ms = 30 * kSecond;
    std::int64_t open_max_ms = 10 * kMinute;
  } predictor;
  // Who reads hard cases beside the built-in analyst.
  struct Analyst {
    std::string kind = "builtin";
    std::string model;    // empty: Nova Micro on Bedrock; what the server has elsewhere
    std::string region;   // empty: aws.region, AWS_REGION
    std::string url;      // openai: of the API; bedrock: another endpoint than AWS's own
    std::string api_key;  // empty: AWS_BEARER_TOKEN_BEDROCK's, else AWS credentials; openai: none
    std::int64_t max_tokens = 600;
    std::int64_t deadline_ms = 4 * kSecond;
    std::int64_t in_flight = 4;
    std::int64_t queue = 200;
    std::int64_t per_minute = 120;
    std::int64_t cents_per_day = 500;
    std::string prices = "amazon.nova-micro-v1:0=0.035/0.14,amazon.nova-lite-v1:0=0.06/0.24";
    std::int64_t cache_entries = 1000;
    std::int64_t cache_s = 600;
    std::int64_t open_ms = 30 * kSecond;
    std::int64_t open_max_ms = 10 * kMinute;
  } analyst;
  std::string data = "handrail-data";
};

}  // namespace handrail
