// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "apps/commands.h"
#include "apps/program.h"
#include "config/fields.h"
#include "serving/model_service.h"

using namespace handrail;

namespace {

std::optional<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Flags for every field of the table, with short names for the two that everybody uses.
struct ConfigFlags {
  std::string file;
  std::vector<std::pair<std::string, std::string>> values;

  void add_to(CLI::App& app) {
    app.add_option("-c,--config", file, "configuration file (default: handrail.toml where there is one)");
    Config defaults;
    for (const ConfigField& field : fields_of(defaults)) {
      std::string names = "--" + field.name;
      if (field.name == "server.listen") names += ",--listen";
      app.add_option_function<std::string>(
             names, [this, name = field.name](const std::string& value) { values.emplace_back(name, value); },
             field.help + " [" + field.text() + "]")
          ->group("Configuration");
    }
  }

  LoadedConfig load() const {
    ConfigSources sources;
    if (!file.empty()) {
      sources.file = file;
    } else if (std::filesystem::exists("handrail.toml")) {
      sources.file = "handrail.toml";
    }
    sources.environment = from_environment;
    sources.flags = values;
    return load_config(sources);
  }
};

int with_sound_config(const ConfigFlags& flags, const std::function<int(const LoadedConfig&)>& run) {
  const LoadedConfig loaded = flags.load();
  for (const std::string& fault : loaded.faults) fmt::print(stderr, "handrail: {}\n", fault);
  return loaded.faults.empty() ? run(loaded) : static_cast<int>(kConfigInvalid);
}

void add_simulate_flags(CLI::App& app, SimulateFlags& flags) {
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
  app.add_option("--visitors", flags.visitors, "how many there are [enough for the rate]")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--rate", flags.events_per_second, "events a second, open loop")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--duration", flags.duration_s, "seconds")->check(CLI::Range(1, 86'400))->capture_default_str();
  app.add_option("--batch", flags.batch, "events of a request, at most")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seed", flags.seed, "the same seed and options give the same events")->capture_default_str();
  app.add_option("--streams", flags.streams, "visitors whose page listens for offers [all, at most 1000]")
      ->check(CLI::Range(0, 1'000'000));
  app.add_option("--connections", flags.connections, "for requests")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--settle", flags.settle_s, "seconds before reading back, where engines fold elsewhere")
      ->check(CLI::Range(0, 3600));
  app.add_option("--history", flags.history_days,
                 "instead of sending: write so many days of visits as the log of --data, to train from")
      ->check(CLI::Range(1, 365));
  app.add_option("--record", flags.record, "write the day to a file, a request a line, with its logical time");
  app.add_flag("--json", flags.json, "print one JSON object");
}

void add_replay_flags(CLI::App& app, ReplayFlags& flags) {
  app.add_option("--policy", flags.policy, "a configuration file whose [policy] is tried");
  app.add_option("--from", flags.from, "offset, or time in UTC, from which on it is tried [the log's beginning]");
  app.add_option("--to", flags.to, "offset, or time in UTC, at which to stop [the log's end]");
  app.add_option("--limit", flags.limit, "differences to show")->check(CLI::Range(0, 1'000'000))->capture_default_str();
  app.add_flag("--json", flags.json, "print one JSON object with all differences");
}

void add_events_flags(CLI::App& app, EventsFlags& flags) {
  app.add_option("--events", flags.events, "a CSV or NDJSON file instead of the log in --data");
  app.add_option("--mapping", flags.mapping, "how its rows are events (docs/outside-data.md)");
  app.add_option("--site", flags.site, "of which site, in the log")->capture_default_str();
  app.add_option("--number", flags.numbers,
                 "a property of events that is a number, such as loan.amount; again for more");
  app.add_option("--category", flags.categories, "a property of events that is one of several kinds; again for more");
  app.add_option("--bad-rows-max", flags.bad_rows_max, "of the file, that may be left out")->capture_default_str();
}

void add_train_flags(CLI::App& app, TrainFlags& flags) {
  add_events_flags(app, flags.source);
  app.add_option("--out", flags.out, "the model; its card is put beside it")->capture_default_str();
  app.add_option("--name", flags.name, "for people")->capture_default_str();
  app.add_option("--seed", flags.seed, "the same seed and events give the same model")->capture_default_str();
  app.add_option("--trials", flags.trials, "parameters to try")->check(CLI::Range(1, 100))->capture_default_str();
  app.add_option("--threads", flags.threads, "to train with")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--niceness", flags.niceness, "how far others go first")
      ->check(CLI::Range(0, 19))
      ->capture_default_str();
  app.add_option("--alert-rate", flags.alert_rate, "share of moments that precision is told for")
      ->check(CLI::Range(0.001, 0.5))
      ->capture_default_str();
  app.add_option("--labels-min", flags.labels_min, "journeys of either outcome that are needed")->capture_default_str();
  app.add_option("--split", flags.split, "by time; visitors: by lot, for rows that have no order in time")
      ->check(CLI::IsMember({"time", "visitors"}))
      ->capture_default_str();
  app.add_option("--test-from", flags.test_from, "time in UTC: who came later is tested on [the latest 20 %]");
  app.add_flag("--json", flags.as_json, "print the figures as one JSON object");
}

void add_score_flags(CLI::App& app, ScoreFlags& flags) {
  add_events_flags(app, flags.source);
  app.add_option("--model", flags.model, "that `handrail train` wrote")->capture_default_str();
  app.add_option("--out", flags.out, "a file [standard output]");
  app.add_flag("--json", flags.as_json, "a JSON object a line instead of CSV");
}

void add_models_flags(CLI::App& app, ModelsFlags& flags) {
  app.add_option("what", flags.what, "list, show, add, stage, rollback, export, import or to-sagemaker")
      ->check(CLI::IsMember({"list", "show", "add", "stage", "rollback", "export", "import", "to-sagemaker"}));
  app.add_option("argument", flags.argument, "add: a file; show, stage, export: a version");
  app.add_option("--site", flags.site, "of which site")->capture_default_str();
  app.add_option("--stage", flags.stage, "candidate, shadow, canary, live or retired")->capture_default_str();
  app.add_option("--percent", flags.percent, "canary: of visitors")->check(CLI::Range(1, 99));
  app.add_flag("--over-budget", flags.over_budget,
               "even if its score reaches the bar in more journeys than the budget");
  app.add_option("--note", flags.note, "why, kept with the move");
  app.add_option("--out", flags.out, "export, import, to-sagemaker: the file");
  app.add_option("--model", flags.model, "import: what xgboost saved; to-sagemaker: what `handrail train` wrote");
  app.add_option("--rows", flags.rows, "import: the table that `handrail training-set` wrote");
  app.add_option("--schema", flags.schema, "import: the table's schema [beside it]");
  app.add_option("--name", flags.name, "import: for people")->capture_default_str();
  app.add_option("--test-from", flags.test_from, "import: time in UTC: who came later is tested on [the latest 20 %]");
  app.add_flag("--json", flags.as_json, "print the server's answer as it is");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_site_flags(CLI::App& app, SiteFlags& flags) {
  app.add_option("what", flags.what, "list, show, create, set, rotate or remove")
      ->check(CLI::IsMember({"list", "show", "create", "set", "rotate", "remove"}));
  app.add_option("id", flags.id, "which one");
  app.add_option("--name", flags.name, "for people");
  app.add_option("--origin", flags.origins, "of pages that may send, such as https://shop.example [any]");
  app.add_option("--requests-per-second", flags.requests_per_second, "of all its pages together [no limit of its own]");
  app.add_option("--retention-days", flags.retention_days,
                 "a visitor not seen for so long is forgotten; 0: as the configuration says");
  app.add_option("--verifies-users", flags.verifies_users, "a userId needs the site's signature [true]");
  app.add_option("--stopped", flags.stopped, "tell its pages to stop for good [false]");
  app.add_option("--secret", flags.secret, "rotate: token or identity")
      ->check(CLI::IsMember({"token", "identity"}))
      ->capture_default_str();
  app.add_flag("--json", flags.as_json, "print the server's answer as it is");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_token_flags(CLI::App& app, TokenFlags& flags) {
  app.add_option("what", flags.what, "first, list, make, rotate or revoke")
      ->check(CLI::IsMember({"first", "list", "make", "rotate", "revoke"}));
  app.add_option("id", flags.id, "which one, for rotate and revoke");
  app.add_option("--role", flags.role, "page, server, reader, agent, admin or owner")->capture_default_str();
  app.add_option("--label", flags.label, "for people; of an agent the name at the desk");
  app.add_option("--site", flags.site, "of which site [that of the token in use, else default]");
  app.add_option("--days", flags.days, "how long it is valid [for ever]")->check(CLI::Range(1, 3650));
  app.add_flag("--all-sites", flags.all_sites, "of every site: readers, agents and admins, by owners only");
  app.add_flag("--tables", flags.in_tables, "first: into the tables that gateways share, not the log in --data");
  app.add_flag("--json", flags.as_json, "print the server's answer as it is");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_rules_flags(CLI::App& app, RulesFlags& flags) {
  app.add_option("what", flags.what, "versions, show, validate, draft, drop, publish or rollback")
      ->check(CLI::IsMember({"versions", "show", "validate", "draft", "drop", "publish", "rollback"}));
  app.add_option("argument", flags.argument,
                 "validate, draft: a file of rules, - for standard input; show, rollback: a version");
  app.add_option("--site", flags.site, "of which site")->capture_default_str();
  app.add_option("--note", flags.note, "why, kept with the version");
  app.add_flag("--json", flags.as_json, "print the server's answer as it is");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_analyst_flags(CLI::App& app, AnalystFlags& flags) {
  app.add_option("what", flags.what, "evaluate: judge it on journeys of which the cause is known; explain: its prompt")
      ->check(CLI::IsMember({"evaluate", "explain"}))
      ->required();
  app.add_option("visitor", flags.visitor, "explain: whose journey on the running server");
  app.add_option("--journeys", flags.journeys, "evaluate: simulated ones; 106 others are added")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--seed", flags.seed, "evaluate: of the simulated ones")->capture_default_str();
  app.add_option("--within", flags.within_s, "evaluate: seconds for an answer [analyst.deadline_ms]")
      ->check(CLI::Range(1, 600));
  app.add_flag("--own-words", flags.own_words, "evaluate: messages are the provider's own, and checked");
  app.add_flag("--only-simulated", flags.only_simulated, "evaluate: without the edges, attacks and other languages");
  app.add_flag("--json", flags.as_json, "print one JSON object");
  app.add_option("--server", flags.server, "explain: the running server")->capture_default_str();
}

void add_backup_flags(CLI::App& app, BackupFlags& flags) {
  app.add_option("what", flags.what, "make, list or verify")->check(CLI::IsMember({"make", "list", "verify"}));
  app.add_option("folder", flags.folder, "verify: the backup's folder, on this machine");
  app.add_flag("--json", flags.as_json, "print JSON");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_restore_flags(CLI::App& app, RestoreFlags& flags) {
  app.add_option("backup", flags.backup, "the backup's folder")->required();
  app.add_option("--erased", flags.erased, "who was erased since: the file ERASED of the newest backups [beside it]");
  app.add_flag("--json", flags.as_json, "print JSON");
}

void add_export_flags(CLI::App& app, ExportFlags& flags) {
  app.add_option("folder", flags.folder, "where to: one that is not there, or an export that was interrupted")
      ->required();
  app.add_option("--from", flags.from, "data: the data folder of a stopped server; tables: those in DynamoDB")
      ->check(CLI::IsMember({"data", "tables"}))
      ->capture_default_str();
  app.add_option("--part-bytes", flags.part_bytes, "size of a file, about; a visitor is never cut")
      ->check(CLI::Range(1024, 1 << 28))
      ->capture_default_str();
  app.add_flag("--json", flags.as_json, "print JSON");
}

void add_import_flags(CLI::App& app, ImportFlags& flags) {
  app.add_option("folder", flags.folder, "the export")->required();
  app.add_option("--to", flags.to, "data: an empty data folder; tables: empty ones in DynamoDB")
      ->check(CLI::IsMember({"data", "tables"}))
      ->capture_default_str();
  auto* check = app.add_flag("--check", flags.check_only, "only read the export, and say whether it is whole");
  app.add_flag("--verify", flags.verify_only, "only compare what is there with the export")->excludes(check);
  app.add_flag("--json", flags.as_json, "print JSON");
}

void add_exposure_flags(CLI::App& app, ExposureFlags& flags) {
  app.add_option("--site", flags.site, "of which site [that of the token in use, else default]");
  app.add_flag("--json", flags.as_json, "one JSON object a line, instead of CSV");
  app.add_option("--server", flags.server, "the running server")->capture_default_str();
}

void add_serve_model_flags(CLI::App& app, ServeModelFlags& flags) {
  app.add_option("--model", flags.model,
                 "xgboost's JSON or UBJ, a model.tar.gz, or a folder with either [/opt/ml/model]");
  app.add_option("--address", flags.address, "where it listens [127.0.0.1; without --model any]");
  app.add_option("--port", flags.port, "0: any free one")->capture_default_str();
  app.add_option("--body-bytes-max", flags.body_bytes_max, "of a request [6 MiB; in a batch transform 100 MiB]")
      ->check(CLI::Range(std::size_t{1024}, serving::ServiceOptions::kBatchBodyBytesMax));
}

int run(int argc, char** argv) {
  CLI::App app{"Notices a struggling visitor within milliseconds and offers help on the open page."};
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  ConfigFlags config;
  ServeFlags serve_flags;
  SimulateFlags simulate_flags;
  ReplayFlags replay_flags;
  TrainFlags train_flags;
  ScoreFlags score_flags;
  TrainingSetFlags training_set_flags;
  ModelsFlags models_flags;
  SiteFlags site_flags;
  TokenFlags token_flags;
  RulesFlags rules_flags;
  AnalystFlags analyst_flags;
  ExposureFlags exposure_flags;
  BackupFlags backup_flags;
  RestoreFlags restore_flags;
  ExportFlags export_flags;
  ImportFlags import_flags;
  ServeModelFlags serve_model_flags;
  SagemakerTrainFlags sagemaker_train_flags;
  TablesFlags tables_flags;
  bool gateway_demo = false, with_kcl = false;
  std::string executable = "handrail worker --kcl";
  std::string story_server = "127.0.0.1:8080";
  std::string what = "show";
  std::string offset;
  bool origins = false;
  bool as_json = false;

  auto* serve = app.add_subcommand("serve", "run the server");
  config.add_to(*serve);
  auto* demo = app.add_subcommand("demo", "run the server with the demo bank, after playing its story once");
  config.add_to(*demo);
  demo->add_flag("--story", serve_flags.story_only, "only play the story against a running server");
  demo->add_option("--server", story_server, "the running server, for --story");
  demo->add_option("--analyst", serve_flags.analyst,
                   "local: hard cases are read by a very small language model, too (`make llm` installs it)")
      ->check(CLI::IsMember({"local"}));
  auto* gateway = app.add_subcommand("gateway", "a gateway alone: records into Kinesis, state in DynamoDB");
  config.add_to(*gateway);
  gateway->add_flag("--demo", gateway_demo, "serve the demo bank, too");
  auto* lambda = app.add_subcommand("lambda", "the engine as an AWS Lambda function behind Kinesis");
  config.add_to(*lambda);
  auto* worker = app.add_subcommand("worker", "the engine behind a stream: records in, decisions out");
  config.add_to(*worker);
  worker->add_flag("--kcl", with_kcl,
                   "as a child of the Kinesis Client Library's MultiLangDaemon; else of a Kafka consumer group");
  auto* kcl_properties = app.add_subcommand("kcl-properties", "print the MultiLangDaemon's configuration");
  config.add_to(*kcl_properties);
  kcl_properties->add_option("--executable", executable, "what it starts for each shard")->capture_default_str();
  auto* tables = app.add_subcommand("tables", "the tables in DynamoDB: create, check, or print them as CloudFormation");
  config.add_to(*tables);
  tables->add_option("what", tables_flags.what, "create, check or template")
      ->check(CLI::IsMember({"create", "check", "template"}));
  tables->add_flag("--json", tables_flags.as_json, "print JSON");
  auto* config_command = app.add_subcommand("config", "check or show the configuration");
  config.add_to(*config_command);
  config_command->add_option("what", what, "check, show or reference")
      ->check(CLI::IsMember({"check", "show", "reference"}));
  config_command->add_flag("--origin", origins, "show where each value came from");
  auto* simulate = app.add_subcommand("simulate", "a population of visitors against a running server");
  config.add_to(*simulate);
  add_simulate_flags(*simulate, simulate_flags);
  auto* replay = app.add_subcommand("replay", "fold the log again in memory, and compare with another policy");
  config.add_to(*replay);
  add_replay_flags(*replay, replay_flags);
  auto* train = app.add_subcommand("train", "an exit-risk model out of what visitors did");
  config.add_to(*train);
  add_train_flags(*train, train_flags);
  auto* score = app.add_subcommand("score", "what a model says after each event of a log or a file");
  config.add_to(*score);
  add_score_flags(*score, score_flags);
  auto* training_set = app.add_subcommand("training-set", "features and labels as a table, for a notebook");
  config.add_to(*training_set);
  add_events_flags(*training_set, training_set_flags.source);
  training_set->add_option("--out", training_set_flags.out, "the table; its schema is put beside it")
      ->capture_default_str();
  auto* models = app.add_subcommand("models", "a site's exit-risk models: register, stage, roll back");
  add_models_flags(*models, models_flags);
  auto* doctor = app.add_subcommand("doctor", "whether this machine can hold the load, and what to change");
  config.add_to(*doctor);
  doctor->add_flag("--json", as_json, "print one JSON object");
  auto* dlq = app.add_subcommand("dlq", "dead letters of a running server");
  dlq->add_option("what", what, "list, show or redrive")->check(CLI::IsMember({"list", "show", "redrive"}))->required();
  dlq->add_option("offset", offset, "which one, for show and redrive");
  dlq->add_flag("--json", as_json, "print the server's answer as it is");
  dlq->add_option("--server", story_server, "the running server");
  auto* sites = app.add_subcommand("sites", "the sites of a running server");
  add_site_flags(*sites, site_flags);
  auto* tokens =
      app.add_subcommand("tokens", "keys and tokens; `tokens first` makes an owner's before the first start");
  config.add_to(*tokens);
  add_token_flags(*tokens, token_flags);
  auto* rules = app.add_subcommand("rules", "how a site watches and helps: draft, publish, roll back");
  add_rules_flags(*rules, rules_flags);
  auto* analyst = app.add_subcommand("analyst", "who reads journeys: evaluate it, or see what it is told");
  config.add_to(*analyst);
  add_analyst_flags(*analyst, analyst_flags);
  auto* backup = app.add_subcommand("backup", "copies of a running server's data: make, list, verify");
  add_backup_flags(*backup, backup_flags);
  auto* restore = app.add_subcommand("restore", "put a backup in place, where there is no data yet");
  config.add_to(*restore);
  add_restore_flags(*restore, restore_flags);
  auto* export_command = app.add_subcommand("export", "everything out of a data folder, or of tables, to move it");
  config.add_to(*export_command);
  add_export_flags(*export_command, export_flags);
  auto* import_command = app.add_subcommand("import", "an export into an empty data folder, or into empty tables");
  config.add_to(*import_command);
  add_import_flags(*import_command, import_flags);
  auto* exposures =
      app.add_subcommand("exposures", "who could have been helped, drawn for help or not, and what became of each");
  add_exposure_flags(*exposures, exposure_flags);
  auto* sagemaker_train =
      app.add_subcommand("sagemaker-train", "a training job by files, as SageMaker's training containers have it");
  sagemaker_train->add_option("--root", sagemaker_train_flags.root, "where the job lies")->capture_default_str();
  auto* serve_model =
      app.add_subcommand("serve-model", "a model behind HTTP, as SageMaker's serving containers have it");
  add_serve_model_flags(*serve_model, serve_model_flags);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  if (*serve)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_serve(loaded, serve_flags); });
  if (*demo) {
    if (serve_flags.story_only) {
      const std::size_t colon = story_server.rfind(':');
      return play_story(story_server.substr(0, colon),
                        static_cast<std::uint16_t>(std::atoi(story_server.c_str() + colon + 1)));
    }
    serve_flags.demo = serve_flags.story = true;
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_serve(loaded, serve_flags); });
  }
  if (*gateway)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_gateway(loaded, gateway_demo); });
  if (*lambda) return with_sound_config(config, run_lambda);
  if (*worker) return with_sound_config(config, with_kcl ? run_kcl_worker : run_worker);
  if (*kcl_properties)
    return with_sound_config(config,
                             [&](const LoadedConfig& loaded) { return run_kcl_properties(loaded, executable); });
  if (*tables)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_tables(loaded, tables_flags); });
  if (*config_command) return run_config(config.load(), what, origins);
  if (*simulate && simulate_flags.history_days > 0) {
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_history(loaded, simulate_flags); });
  }
  if (*simulate) return run_simulate(simulate_flags);
  if (*replay)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_replay(loaded, replay_flags); });
  if (*train)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_train(loaded, train_flags); });
  if (*score)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_score(loaded, score_flags); });
  if (*training_set) {
    return with_sound_config(config,
                             [&](const LoadedConfig& loaded) { return run_training_set(loaded, training_set_flags); });
  }
  if (*models) return run_models(models_flags);
  if (*sites) return run_sites(site_flags);
  if (*rules) return run_rules(rules_flags);
  if (*analyst && analyst_flags.what == "explain") return run_analyst_explanation(analyst_flags);
  if (*analyst) {
    return with_sound_config(config,
                             [&](const LoadedConfig& loaded) { return run_analyst_evaluation(loaded, analyst_flags); });
  }
  if (*backup) return run_backup(backup_flags);
  if (*restore)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_restore(loaded, restore_flags); });
  if (*export_command)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_export(loaded, export_flags); });
  if (*import_command)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_import(loaded, import_flags); });
  if (*exposures) return run_exposures(exposure_flags);
  if (*serve_model) return run_serve_model(serve_model_flags);
  if (*sagemaker_train) return run_sagemaker_train(sagemaker_train_flags);
  if (*tokens)
    return with_sound_config(config, [&](const LoadedConfig& loaded) { return run_tokens(loaded, token_flags); });
  if (*doctor) return run_doctor(config.load(), as_json);
  return run_dead_letters(story_server, what, offset, as_json);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "handrail: {}\n", error.what());
    return kFailed;
  }
}
