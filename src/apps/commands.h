// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/load.h"

namespace handrail {

// Exit codes, the same for every command (README, "Exit codes").
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kConfigInvalid = 3,
  kNotFound = 4,
  kConflicting = 6,
  kCheckFailed = 8
};

struct ServeFlags {
  bool demo = false;
  bool story = false;       // demo: play the story first
  bool story_only = false;  // demo: play it against a running server, then end
  std::string analyst;      // demo: "local": journeys are read by a language model that is started beside it
};
int run_serve(const LoadedConfig& loaded, const ServeFlags& flags);
// A gateway before Kinesis and DynamoDB; the engine as a Lambda function behind them.
int run_gateway(const LoadedConfig& loaded, bool serve_demo);
int run_lambda(const LoadedConfig& loaded);
// The engine as one of a group of Kafka consumers.
int run_worker(const LoadedConfig& loaded);
// The engine behind a stream whose shards the Kinesis Client Library hands out, one process a shard.
int run_kcl_worker(const LoadedConfig& loaded);
// The library's own configuration: which stream, where, and that it starts this program.
int run_kcl_properties(const LoadedConfig& loaded, const std::string& executable);

// The tables in DynamoDB.
struct TablesFlags {
  std::string what = "check";  // create, check, template
  bool as_json = false;
};
int run_tables(const LoadedConfig& loaded, const TablesFlags& flags);

int run_config(const LoadedConfig& loaded, const std::string& what, bool with_origins);

// Plays the mission's story against a server and prints it as a timeline.
int play_story(const std::string& host, std::uint16_t port);

struct SimulateFlags {
  std::string server = "127.0.0.1:8080";
  int visitors = 0;  // 0: four times as many as are there at once
  int events_per_second = 200;
  int duration_s = 30;
  int batch = 1;
  std::uint64_t seed = 1;
  int streams = -1;  // -1: all visitors, at most 1000
  int connections = 64;
  int settle_s = 0;
  std::string record;
  int history_days = 0;  // above 0: no server, but a log of so many days
  bool json = false;
};
int run_simulate(const SimulateFlags& flags);
int run_history(const LoadedConfig& loaded, const SimulateFlags& flags);

struct ReplayFlags {
  std::string policy;    // a configuration file; its [policy] counts
  std::string from, to;  // offsets or times
  int limit = 20;        // differences shown
  bool json = false;
};
int run_replay(const LoadedConfig& loaded, const ReplayFlags& flags);

// Whether this machine and configuration can hold the load.
int run_doctor(const LoadedConfig& loaded, bool as_json);

int run_dead_letters(const std::string& server, const std::string& what, const std::string& offset, bool json);

// Sites of a running server.
struct SiteFlags {
  std::string server = "127.0.0.1:8080";
  std::string what = "list";  // list, show, create, set, rotate, remove
  std::string id;
  std::string name;
  std::vector<std::string> origins;
  std::optional<std::int64_t> requests_per_second, retention_days;
  std::optional<bool> verifies_users, stopped;
  std::string secret = "identity";  // rotate: which
  bool as_json = false;
};
int run_sites(const SiteFlags& flags);

// Keys and tokens of a running server; "first" makes an owner's in the data of one that does not run.
struct TokenFlags {
  std::string server = "127.0.0.1:8080";
  std::string what = "list";  // first, list, make, rotate, revoke
  std::string id;
  std::string role = "page";
  std::string label;
  std::string site;
  std::optional<std::int64_t> days;
  bool all_sites = false;
  bool in_tables = false;
  bool as_json = false;
};
int run_tokens(const LoadedConfig& loaded, const TokenFlags& flags);

// A site's rules on a running server.
struct RulesFlags {
  std::string server = "127.0.0.1:8080";
  std::string what = "versions";  // versions, show, validate, draft, drop, publish, rollback
  std::string argument;           // a file for validate and draft, a version for show and rollback
  std::string site = "default";
  std::string note;
  bool as_json = false;
};
int run_rules(const RulesFlags& flags);

// Copies of a running server's data: made, listed; one on this machine verified.
struct BackupFlags {
  std::string server = "127.0.0.1:8080";
  std::string what = "make";  // make, list, verify
  std::string folder;         // verify: which one
  bool as_json = false;
};
int run_backup(const BackupFlags& flags);

// Puts a backup in place where there is no data yet.
struct RestoreFlags {
  std::string backup;
  std::string erased;  // a list of who was erased since; empty: the one beside the backup, if there is one
  bool as_json = false;
};
int run_restore(const LoadedConfig& loaded, const RestoreFlags& flags);

// Everything out of a house that nobody uses just now (the data folder, or tables), and into an empty one.
struct ExportFlags {
  std::string folder;
  std::string from = "data";         // data, tables
  std::size_t part_bytes = 8 << 20;  // of a file, about
  bool as_json = false;
};
int run_export(const LoadedConfig& loaded, const ExportFlags& flags);
struct ImportFlags {
  std::string folder;
  std::string to = "data";   // data, tables
  bool check_only = false;   // reads the export alone
  bool verify_only = false;  // compares what is there with it
  bool as_json = false;
};
int run_import(const LoadedConfig& loaded, const ImportFlags& flags);

// Who could have been helped on a running server, and what became of each: CSV.
struct ExposureFlags {
  std::string server = "127.0.0.1:8080";
  std::string site;
  bool as_json = false;  // one JSON object a line
};
int run_exposures(const ExposureFlags& flags);

// Where events to learn from, or to score, come from: the log in --data, or a file that a mapping explains.
struct EventsFlags {
  std::string events, mapping;  // files
  std::string site = "default";
  std::vector<std::string> numbers, categories;  // properties of events that are features
  std::uint64_t bad_rows_max = 0;
};

// A model out of what visitors did.
struct TrainFlags {
  EventsFlags source;
  std::string out = "model.hrm";
  std::string name = "exit risk";
  std::uint64_t seed = 1;
  int trials = 8;
  int threads = 2;
  int niceness = 0;
  double alert_rate = 0.1;
  std::uint64_t labels_min = 100;
  std::string split = "time";
  std::string test_from;  // a time in UTC
  bool as_json = false;
};
int run_train(const LoadedConfig& loaded, const TrainFlags& flags);

// What a model says after each event.
struct ScoreFlags {
  EventsFlags source;
  std::string model = "model.hrm";
  std::string out;  // empty: standard output
  bool as_json = false;
};
int run_score(const LoadedConfig& loaded, const ScoreFlags& flags);

// Features and labels as a table.
struct TrainingSetFlags {
  EventsFlags source;
  std::string out = "training-set.csv";
};
int run_training_set(const LoadedConfig& loaded, const TrainingSetFlags& flags);

// A site's models on a running server; import and to-sagemaker are about files alone.
struct ModelsFlags {
  std::string server = "127.0.0.1:8080";
  std::string what = "list";  // list, show, add, stage, rollback, export, import, to-sagemaker
  std::string argument;       // add: a file; show, stage, export: a version
  std::string site = "default";
  std::string stage = "shadow";
  int percent = 0;
  bool over_budget = false;
  std::string note;
  std::string out;
  bool as_json = false;
  std::string model;         // import: xgboost's file; to-sagemaker: Handrail's
  std::string rows, schema;  // import: the training set's files; no schema: the one beside the rows
  std::string name = "exit risk";
  std::string test_from;  // import: a time in UTC
};
int run_models(const ModelsFlags& flags);
int run_model_files(const ModelsFlags& flags);  // import, to-sagemaker

// A model behind HTTP, as SageMaker's serving containers have it.
struct ServeModelFlags {
  std::string model;    // a booster's file, a model.tar.gz, or a folder with either; empty: SageMaker's folder
  std::string address;  // empty: 127.0.0.1, or any for SageMaker's folder
  std::uint16_t port = 8080;
  std::size_t body_bytes_max = 0;  // 0: 6 MiB, or 100 MiB in a batch transform
};
int run_serve_model(const ServeModelFlags& flags);

// A training job by files, as SageMaker's training containers have it.
struct SagemakerTrainFlags {
  std::string root = "/opt/ml";
};
int run_sagemaker_train(const SagemakerTrainFlags& flags);

// Readers of journeys: how good the configuration's is beside the built-in one, and what it is told of a visitor.
struct AnalystFlags {
  std::string server = "127.0.0.1:8080";
  std::string what;     // evaluate, explain
  std::string visitor;  // explain
  int journeys = 300;
  std::uint64_t seed = 1;
  std::int64_t within_s = 0;  // 0: analyst.deadline_ms
  bool own_words = false;
  bool only_simulated = false;
  bool as_json = false;
};
int run_analyst_evaluation(const LoadedConfig& loaded, const AnalystFlags& flags);
int run_analyst_explanation(const AnalystFlags& flags);

int exit_code_of(const Error& error);
// Says so on standard error, and gives the exit code.
int failed(const Error& error, const char* advice = "");

}  // namespace handrail
