// SPDX-License-Identifier: Apache-2.0
#include "training/sagemaker_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/xgboost/booster.h"

namespace handrail::training {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kRoundsMax = 10'000;
constexpr std::size_t kFailureMax = 1024;  // SageMaker shows no more
constexpr std::size_t kConfigBytesMax = 1 << 20;
constexpr std::uint64_t kValuesMax = 2'000'000'000;

// Those of the container's parameters that a binary:logistic of trees has; handed on as they are.
constexpr std::array<std::string_view, 20> kHandedOn = {"eta",
                                                        "max_depth",
                                                        "min_child_weight",
                                                        "subsample",
                                                        "colsample_bytree",
                                                        "colsample_bylevel",
                                                        "colsample_bynode",
                                                        "lambda",
                                                        "alpha",
                                                        "gamma",
                                                        "scale_pos_weight",
                                                        "max_delta_step",
                                                        "tree_method",
                                                        "max_bin",
                                                        "max_leaves",
                                                        "grow_policy",
                                                        "base_score",
                                                        "seed",
                                                        "nthread",
                                                        "num_parallel_tree"};
// Those that say nothing here: what the container logs and how it is run.
constexpr std::array<std::string_view, 6> kIgnored = {"verbosity",   "silent", "eval_metric",
                                                      "csv_weights", "_kfold", "_tuning_objective_metric"};

struct Job {
  xgboost::Parameters parameters = {{"objective", "binary:logistic"}};
  int rounds = 0;
  int early_stopping_rounds = 0;  // 0: none
};

tl::unexpected<Error> refusal(const std::string& name, const std::string& words) {
  return fail(ErrorCode::kInvalidArgument, "hyperparameter \"" + name + "\" " + words, name);
}

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Result<void> take(Job& job, const std::string& name, const std::string& value) {
  const auto is_in = [&](const auto& names) { return std::ranges::find(names, name) != names.end(); };
  if (name == "num_round" || name == "early_stopping_rounds") {
    const auto count = whole(value);
    if (!count || *count < 1 || *count > kRoundsMax)
      return refusal(name, "must be a whole number from 1 to " + std::to_string(kRoundsMax));
    (name == "num_round" ? job.rounds : job.early_stopping_rounds) = *count;
  } else if (name == "objective") {
    if (value != "binary:logistic") return refusal(name, "is \"" + value + "\"; only binary:logistic is trained here");
  } else if (name == "booster") {
    if (value != "gbtree") return refusal(name, "is \"" + value + "\"; only gbtree is trained here");
  } else if (is_in(kHandedOn)) {
    job.parameters.emplace_back(name, value);
  } else if (!is_in(kIgnored)) {
    return refusal(name, "is not known here");
  }
  return {};
}

Result<Job> read_job(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, file.string() + " is not there", "hyperparameters");
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.size() > kConfigBytesMax)
    return fail(ErrorCode::kLimitExceeded, file.string() + " has more than 1 MiB", "hyperparameters", kConfigBytesMax);
  boost::system::error_code ec;
  const json::value document = json::parse(text, ec);
  if (ec || !document.is_object())
    return fail(ErrorCode::kInvalidArgument, file.string() + " is no JSON object", "hyperparameters");
  Job job;
  for (const auto& [name, value] : document.get_object()) {
    if (auto taken = take(job, name, text_of(value)); !taken) return pass_on(taken);
  }
  if (job.rounds == 0) return refusal("num_round", "is needed: how many rounds of trees");
  return job;
}

struct Channel {
  std::vector<float> values, labels;
  std::size_t columns = 0;
};

class ChannelReader {
 public:
  explicit ChannelReader(Channel& channel) : channel_(channel) {}

  Result<void> take_file(const fs::path& file) {
    std::ifstream in(file);
    if (!in) return fail(ErrorCode::kUnavailable, file.string() + " cannot be read");
    file_ = file.string();
    line_ = 0;
    std::string line;
    while (std::getline(in, line)) {
      ++line_;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.empty()) continue;
      if (auto taken = take_line(line); !taken) return taken;
    }
    return {};
  }

 private:
  tl::unexpected<Error> fault(const std::string& words) const {
    return fail(ErrorCode::kInvalidArgument, file_ + ":" + std::to_string(line_) + ": " + words);
  }

  Result<void> take_line(std::string_view line) {
    std::size_t cells = 0;
    while (true) {
      const std::size_t comma = std::min(line.find(','), line.size());
      if (auto taken = take_cell(line.substr(0, comma), cells++); !taken) return taken;
      if (comma == line.size()) break;
      line.remove_prefix(comma + 1);
    }
    if (cells < 2) return fault("a row has the label and one feature at least");
    if (channel_.columns == 0) channel_.columns = cells - 1;
    if (cells - 1 != channel_.columns)
      return fault("has " + std::to_string(cells - 1) + " features, the rows before have " +
                   std::to_string(channel_.columns));
    if (channel_.values.size() > kValuesMax) return fault("the channel has more than 2,000,000,000 values");
    return {};
  }

  Result<void> take_cell(std::string_view cell, std::size_t place) {
    float value = std::numeric_limits<float>::quiet_NaN();
    if (!cell.empty()) {
      const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
      if (wrong != std::errc() || end != cell.data() + cell.size())
        return fault("cell " + std::to_string(place + 1) + " is no number (a header line is not wanted)");
    }
    if (place > 0) {
      channel_.values.push_back(value);
    } else if (value == 0 || value == 1) {
      channel_.labels.push_back(value);
    } else {
      return fault("the first cell is the label: 0 or 1");
    }
    return {};
  }

  Channel& channel_;
  std::string file_;
  std::size_t line_ = 0;
};

// All files of the channel, by name. Nothing in it: kNotFound.
Result<Channel> read_channel(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ec)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (files.empty()) return fail(ErrorCode::kNotFound, "the channel " + folder.string() + " holds no file", "channel");
  std::ranges::sort(files);
  Channel channel;
  ChannelReader reader(channel);
  for (const fs::path& file : files) {
    if (auto taken = reader.take_file(file); !taken) return pass_on(taken);
  }
  if (channel.labels.empty()) return fail(ErrorCode::kInvalidArgument, folder.string() + " holds no row", "channel");
  return channel;
}

double log_loss(const std::vector<float>& margins, const std::vector<float>& labels) {
  double sum = 0;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const double margin = labels[i] == 1 ? -margins[i] : margins[i];
    sum += margin > 0 ? margin + std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin));
  }
  return sum / static_cast<double>(margins.size());
}

// A channel as libxgboost holds it.
struct Held {
  Channel channel;
  xgboost::Matrix matrix;
};

Result<Held> hold(const fs::path& folder) {
  auto channel = read_channel(folder);
  if (!channel) return pass_on(channel);
  auto matrix = xgboost::Matrix::of(channel->values, channel->columns, channel->labels);
  if (!matrix) return pass_on(matrix);
  channel->values = {};
  return Held{std::move(*channel), std::move(*matrix)};
}

Result<double> loss_of(const xgboost::Booster& booster, const Held& held) {
  auto margins = booster.margins(held.matrix);
  if (!margins) return pass_on(margins);
  return log_loss(*margins, held.channel.labels);
}

// Grows until the rounds are over, or until the validation channel had no better one for so many.
Result<xgboost::Booster> grow(const Job& job, const Held& train, const std::optional<Held>& validation,
                              const std::function<void(const std::string&)>& say) {
  auto booster = xgboost::Booster::on(train.matrix, job.parameters, validation ? &validation->matrix : nullptr);
  if (!booster) return pass_on(booster);
  double best = std::numeric_limits<double>::infinity();
  int best_round = 0;
  for (int round = 0; round < job.rounds; ++round) {
    if (auto grown = booster->grow(); !grown) return pass_on(grown);
    auto loss = loss_of(*booster, train);
    if (!loss) return pass_on(loss);
    std::string line = fmt::format("[{}]#011train-logloss:{:.5f}", round, *loss);
    if (validation) {
      auto seen = loss_of(*booster, *validation);
      if (!seen) return pass_on(seen);
      line += fmt::format("#011validation-logloss:{:.5f}", *seen);
      if (*seen < best) {
        best = *seen;
        best_round = round + 1;
      }
    }
    say(line);
    if (validation && job.early_stopping_rounds > 0 && round + 1 - best_round >= job.early_stopping_rounds)
      return booster->first(best_round);
  }
  return booster;
}

Result<void> write(const fs::path& file, std::string_view bytes) {
  std::error_code ec;
  fs::create_directories(file.parent_path(), ec);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return fail(ErrorCode::kInternal, "cannot write " + file.string());
  return {};
}

}  // namespace

Result<SagemakerResult> run_sagemaker_job(const fs::path& root, const std::function<void(const std::string&)>& say) {
  auto job = read_job(root / "input/config/hyperparameters.json");
  if (!job) return pass_on(job);
  auto train = hold(root / "input/data/train");
  if (!train) return pass_on(train);
  std::optional<Held> validation;
  if (fs::exists(root / "input/data/validation")) {
    auto held = hold(root / "input/data/validation");
    if (!held) return pass_on(held);
    if (held->channel.columns != train->channel.columns)
      return fail(ErrorCode::kInvalidArgument, "the validation channel has " + std::to_string(held->channel.columns) +
                                                   " features, train has " + std::to_string(train->channel.columns));
    validation = std::move(*held);
  }
  if (job->early_stopping_rounds > 0 && !validation)
    return refusal("early_stopping_rounds", "needs the channel validation");
  auto booster = grow(*job, *train, validation, say);
  if (!booster) return pass_on(booster);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < train->channel.columns; ++i) names.push_back("f" + std::to_string(i));
  auto file = booster->ubj(names);
  if (!file) return pass_on(file);
  if (auto written = write(root / "model/xgboost-model", *file); !written) return pass_on(written);
  return SagemakerResult{train->channel.labels.size(), validation ? validation->channel.labels.size() : 0,
                         booster->rounds()};
}

Result<void> write_failure(const fs::path& root, const std::string& reason) {
  return write(root / "output/failure", reason.substr(0, kFailureMax));
}

}  // namespace handrail::training
