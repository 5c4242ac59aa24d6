// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "apps/commands.h"
#include "apps/progress.h"
#include "apps/training_source.h"
#include "training/rows_writer.h"

// Features and labels as a table, for a notebook to start from the rows that `handrail train` starts from.
namespace handrail {
namespace {

void print(std::FILE* out, const std::string& text) { std::fwrite(text.data(), 1, text.size(), out); }

}  // namespace

int run_training_set(const LoadedConfig& loaded, const TrainingSetFlags& flags) {
  auto source = open_training_source(loaded, flags.source);
  if (!source) return failed(source.error());
  Progress progress("reading");
  source->options.on_progress = [&](double share, const std::string& words) { return progress.at(share, words), true; };
  auto extracted = training::extract(*source->events, source->options);
  progress.finish();
  if (!extracted) return failed(extracted.error());
  std::FILE* out = std::fopen(flags.out.c_str(), "w");
  std::FILE* schema = std::fopen((flags.out + ".schema.json").c_str(), "w");
  if (out == nullptr || schema == nullptr) return failed({ErrorCode::kInvalidArgument, "cannot write " + flags.out});
  print(out, training::rows_header(extracted->set));
  for (std::size_t row = 0; row < extracted->set.size(); ++row) print(out, training::rows_line(extracted->set, row));
  print(schema, training::rows_schema(*extracted));
  const bool is_written = std::fclose(out) == 0 && std::fclose(schema) == 0;
  if (!is_written) return failed({ErrorCode::kInternal, flags.out + " could not be written whole"});
  fmt::print("{} rows of {} journeys ({} goals, {} exits) in {}, its columns in {}.schema.json\n",
             extracted->set.size(), extracted->counts.goals + extracted->counts.exits, extracted->counts.goals,
             extracted->counts.exits, flags.out, flags.out);
  return kOk;
}

}  // namespace handrail
