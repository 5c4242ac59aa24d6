// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "apps/commands.h"
#include "apps/files.h"
#include "apps/progress.h"
#include "apps/training_source.h"
#include "base/csv_cell.h"
#include "training/batch_score.h"

// A model asked about every event of a file or of a log: a line for each, in their order.
namespace handrail {
namespace {

namespace json = boost::json;
using training::ScoredEvent;

class Lines {
 public:
  Lines(std::FILE* out, bool as_json) : out_(out), as_json_(as_json) {
    if (!as_json_) fmt::print(out_, "line,visitor,journey,type,at,prefix,exit_probability,score\n");
  }

  void print(const ScoredEvent& event) const {
    const std::uint64_t place = event.line > 0 ? event.line : event.offset;
    if (as_json_) return print_json(place, event);
    const std::string probability = event.probability ? fmt::format("{:.6f}", share(*event.probability)) : "";
    const std::string score = event.probability ? std::to_string(event.score) : "";
    fmt::print(out_, "{},{},{},{},{},{},{},{}\n", place, csv_cell(event.visitor), event.journey, csv_cell(event.type),
               event.at, event.prefix, probability, score);
  }

 private:
  static double share(std::uint32_t probability) { return static_cast<double>(probability) / core::kProbabilityOne; }

  void print_json(std::uint64_t place, const ScoredEvent& event) const {
    json::object line{{"line", place},      {"visitor", event.visitor}, {"journey", event.journey},
                      {"type", event.type}, {"at", event.at},           {"prefix", event.prefix}};
    line["exitProbability"] = event.probability ? json::value(share(*event.probability)) : json::value(nullptr);
    line["score"] = event.probability ? json::value(event.score) : json::value(nullptr);
    fmt::print(out_, "{}\n", json::serialize(line));
  }

  std::FILE* out_;
  bool as_json_;
};

Result<std::shared_ptr<const core::ExitModel>> read_model(const std::string& file) {
  const auto bytes = read_file(file, "model", core::kArtefactBytesMax);
  if (!bytes) return pass_on(bytes);
  auto parts = core::decode_exit_parts(*bytes);
  if (!parts) return fail(parts.error().code, file + ": " + parts.error().message);
  return core::ExitModel::of(*parts);
}

}  // namespace

int run_score(const LoadedConfig& loaded, const ScoreFlags& flags) {
  auto model = read_model(flags.model);
  if (!model) return failed(model.error());
  auto source = open_events(loaded, flags.source);
  if (!source) return failed(source.error());
  std::FILE* out = flags.out.empty() ? stdout : std::fopen(flags.out.c_str(), "w");
  if (out == nullptr) return failed({ErrorCode::kInvalidArgument, "cannot write " + flags.out});
  Progress progress("scoring");
  source->options.on_progress = [&](double share, const std::string& words) { return progress.at(share, words), true; };
  std::vector<ScoredEvent> by_line;  // a file's lines may lie in another order than its times
  const Lines lines(out, flags.as_json);
  const auto done = training::score_events(*source->events, **model, source->options, [&](const ScoredEvent& event) {
    if (event.line == 0) return lines.print(event);
    by_line.push_back(event);
  });
  progress.finish();
  std::ranges::sort(by_line, {}, &ScoredEvent::line);
  for (const ScoredEvent& event : by_line) lines.print(event);
  const bool is_written = std::fflush(out) == 0;
  if (out != stdout) std::fclose(out);
  if (!done) return failed(done.error());
  return is_written ? kOk : failed({ErrorCode::kInternal, "the scores could not be written"});
}

}  // namespace handrail
