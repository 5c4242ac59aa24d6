// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "adapters/xgboost/model_archive.h"
#include "apps/commands.h"
#include "apps/files.h"
#include "base/utc.h"
#include "training/assembly.h"
#include "training/import.h"
#include "training/model_card.h"
#include "training/rows_file.h"
#include "training/sagemaker_form.h"

// Models between Handrail's files and xgboost's. No server is needed.
namespace handrail {
namespace {

int without(const char* what, const char* flag) {
  fmt::print(stderr, "handrail: models {} needs {}\n", what, flag);
  return kUsage;
}

Result<training::Extracted> rows_of(const ModelsFlags& flags) {
  const std::string schema_file = flags.schema.empty() ? flags.rows + ".schema.json" : flags.schema;
  auto text = read_file(schema_file, "schema", training::kSchemaBytesMax);
  if (!text) return pass_on(text);
  const auto schema = training::rows_schema_in(*text);
  if (!schema) return pass_on(schema);
  auto table = training::Input::open(flags.rows);
  if (!table) return pass_on(table);
  return training::read_rows(std::move(*table), *schema);
}

Result<training::ImportOptions> options_of(const ModelsFlags& flags) {
  training::ImportOptions options;
  if (flags.test_from.empty()) return options;
  options.test_from = parse_utc(flags.test_from);
  if (!options.test_from)
    return fail(ErrorCode::kInvalidArgument, "--test-from is a time in UTC such as 2026-11-01", "test_from");
  return options;
}

struct Written {
  std::string artefact, card;
};
Result<Written> imported(const ModelsFlags& flags) {
  const auto options = options_of(flags);
  if (!options) return pass_on(options);
  const auto file = read_file(flags.model, "model", xgboost::kModelBytesMax);
  if (!file) return pass_on(file);
  const auto rows = rows_of(flags);
  if (!rows) return pass_on(rows);
  const auto trained = training::import_model(*file, rows->set, *options);
  if (!trained) return pass_on(trained);
  const auto parts = training::assemble(flags.name, *rows, *trained);
  if (!parts) return pass_on(parts);
  training::TrainingOptions as_trained;
  as_trained.labels_min = options->labels_min;
  Written written{core::encode(*parts), training::model_card(flags.name, *trained, as_trained)};
  if (written.artefact.size() <= core::kArtefactBytesMax) return written;
  return fail(ErrorCode::kLimitExceeded,
              "the model makes an artefact of " + std::to_string(written.artefact.size()) + " bytes, and " +
                  std::to_string(core::kArtefactBytesMax) + " are the most: train fewer or shallower trees",
              "model", core::kArtefactBytesMax);
}

int import_model(const ModelsFlags& flags) {
  if (flags.model.empty()) return without("import", "--model, a file that xgboost saved");
  if (flags.rows.empty()) return without("import", "--rows, the table that `handrail training-set` wrote");
  const auto written = imported(flags);
  if (!written) return failed(written.error());
  const std::string out = flags.out.empty() ? "model.hrm" : flags.out;
  if (auto done = write_file(out, written->artefact); !done) return failed(done.error());
  if (auto done = write_file(out + ".md", written->card); !done) return failed(done.error());
  fmt::print("{}\nwritten: {} ({} bytes) and {}.md\n`handrail models add {}` registers it with a server\n",
             written->card, out, written->artefact.size(), out, out);
  return kOk;
}

int to_sagemaker(const ModelsFlags& flags) {
  if (flags.model.empty()) return without("to-sagemaker", "--model, that `handrail train` or `models export` wrote");
  const auto file = read_file(flags.model, "model", core::kArtefactBytesMax);
  if (!file) return failed(file.error());
  const auto parts = core::decode_exit_parts(*file);
  if (!parts) return failed(parts.error());
  const auto archive = training::sagemaker_archive(*parts);
  if (!archive) return failed(archive.error());
  const std::string out = flags.out.empty() ? "model.tar.gz" : flags.out;
  if (auto done = write_file(out, *archive); !done) return failed(done.error());
  if (auto done = write_file(out + ".columns.json", training::columns_document(*parts)); !done)
    return failed(done.error());
  fmt::print(
      "{} trees over {} columns in {} ({} bytes)\nthe columns in their order, what categories are as numbers, and "
      "the calibration, which an endpoint does not apply, are in {}.columns.json\n",
      parts->trees.size(), parts->columns.size(), out, archive->size(), out);
  return kOk;
}

}  // namespace

int run_model_files(const ModelsFlags& flags) {
  return flags.what == "import" ? import_model(flags) : to_sagemaker(flags);
}

}  // namespace handrail
