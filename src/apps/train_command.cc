// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>

#include "apps/answer_text.h"
#include "apps/commands.h"
#include "apps/files.h"
#include "apps/progress.h"
#include "apps/training_source.h"
#include "base/thread.h"
#include "base/utc.h"
#include "training/assembly.h"
#include "training/model_card.h"
#include "training/report_json.h"

// A model out of what visitors did.
namespace handrail {
namespace {

Result<training::TrainingOptions> options_of(const TrainFlags& flags, Progress& progress) {
  training::TrainingOptions options;
  options.seed = flags.seed;
  options.trials = flags.trials;
  options.threads = flags.threads;
  options.alert_rate = flags.alert_rate;
  options.labels_min = flags.labels_min;
  if (flags.split == "visitors") options.split_by = training::SplitBy::kVisitors;
  if (!flags.test_from.empty()) {
    if (flags.split != "time")
      return fail(ErrorCode::kInvalidArgument, "--test-from splits by time: leave it out, or --split", "test_from");
    const auto at = parse_utc(flags.test_from);
    if (!at) return fail(ErrorCode::kInvalidArgument, "--test-from is a time in UTC such as 2026-11-01", "test_from");
    options.test_from = *at;
  }
  options.on_progress = [&progress](double share, const std::string& words) {
    progress.at(0.3 + 0.7 * share, words);
    return true;
  };
  return options;
}

void print_labels(const training::ExtractionCounts& c) {
  fmt::print("{} journeys, {} to {}: {} reached the goal, {} left without it\n", c.journeys, utc(c.from), utc(c.to),
             c.goals, c.exits);
  const std::pair<std::uint64_t, const char*> left_out[] = {{c.censored, "whose outcome nobody can tell"},
                                                            {c.helped, "that saw an offer"},
                                                            {c.refused, "of visitors who do not want to teach a model"},
                                                            {c.bots, "of programs"},
                                                            {c.without_rows, "without an event before the outcome"}};
  for (const auto& [count, words] : left_out) {
    if (count > 0) fmt::print("  left out: {} {}\n", count, words);
  }
  if (c.weighted > 0) fmt::print("  {} were drawn to get no help and count for those that got it\n", c.weighted);
}

}  // namespace

int run_train(const LoadedConfig& loaded, const TrainFlags& flags) {
  lower_this_threads_priority(flags.niceness);
  auto source = open_training_source(loaded, flags.source);
  if (!source) return failed(source.error());
  Progress progress("training");
  source->options.on_progress = [&progress](double share, const std::string& words) {
    progress.at(0.3 * share, words);
    return true;
  };
  auto extracted = training::extract(*source->events, source->options);
  if (!extracted) return progress.finish(), failed(extracted.error());
  auto options = options_of(flags, progress);
  if (!options) return progress.finish(), failed(options.error());
  auto trained = training::train(extracted->set, *options);
  progress.finish();
  if (!trained) return failed(trained.error());
  auto parts = training::assemble(flags.name, *extracted, *trained);
  if (!parts) return failed(parts.error());
  const std::string artefact = core::encode(*parts);
  if (auto written = write_file(flags.out, artefact); !written) return failed(written.error());
  const std::string card = training::model_card(flags.name, *trained, *options);
  if (auto written = write_file(flags.out + ".md", card); !written) return failed(written.error());
  if (flags.as_json) {
    boost::system::error_code ec;
    boost::json::value figures = boost::json::parse(parts->card, ec);
    figures.as_object()["artefact"] = flags.out;
    figures.as_object()["bytes"] = artefact.size();
    figures.as_object()["hash"] = id_of({artefact}).hex();
    fmt::print("{}\n", boost::json::serialize(figures));
    return kOk;
  }
  print_labels(extracted->counts);
  fmt::print("{}\nwritten: {} ({} bytes) and {}.md\n`handrail models add {}` registers it with a server\n", card,
             flags.out, artefact.size(), flags.out, flags.out);
  return kOk;
}

}  // namespace handrail
