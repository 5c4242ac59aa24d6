// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>

#include "commands.h"
#include "core/fold/fold.h"
#include "gateway/codec/intake.h"
#include "stats.h"

// S5: one record into one visitor's state, in process, on one core: fold, detect, decide.
namespace handrail::bench {
namespace {

std::string body_of(std::string_view request) { return std::string(request.substr(request.find("\r\n\r\n") + 4)); }

std::vector<core::LoggedRecord> decoded(Requests& requests, int count) {
  std::vector<core::LoggedRecord> records;
  for (int i = 0; i < count; ++i) {
    std::string body = body_of(requests.next(0, 1, 1'767'225'600'000 + i * 40));
    auto intake = gateway::read_sdk_batch(body, gateway::arrival_of("", (1'767'225'600'000 + i * 40) * 1000), {});
    if (!intake) return {};
    for (core::Record& record : intake->records) records.push_back({records.size(), std::move(record)});
  }
  return records;
}

}  // namespace

int run_fold(const FoldBench& options) {
  BodyOptions body;
  body.visitors = options.visitors;
  Requests requests(body);
  const std::vector<core::LoggedRecord> records = decoded(requests, options.requests);
  const core::Rules rules;
  const core::ControlState control;
  std::vector<double> rounds;
  std::vector<double> each;
  std::size_t signals = 0;
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<core::Visitor> visitors(options.visitors);
    core::Effects effects;
    signals = 0;
    const auto begun = Steady::now();
    std::size_t at = 0;
    for (const core::LoggedRecord& logged : records) {
      core::fold({rules, control}, visitors[at++ / 50 % visitors.size()], logged, effects);
      signals += effects.signals.size();
    }
    rounds.push_back(ms_since(begun) * 1000 / static_cast<double>(records.size()));
  }
  std::vector<core::Visitor> visitors(options.visitors);
  core::Effects effects;
  each.reserve(records.size());
  std::size_t at = 0;
  for (const core::LoggedRecord& logged : records) {
    const auto begun = Steady::now();
    core::fold({rules, control}, visitors[at++ / 50 % visitors.size()], logged, effects);
    each.push_back(ms_since(begun) * 1000);
  }
  fmt::print(R"({{"events":{},"signals":{},"meanUs":{{"median":{:.3f},"low":{:.3f},"high":{:.3f}}},"eachUs":{}}})"
             "\n",
             records.size(), signals, quantile(rounds, .5), quantile(rounds, 0), quantile(rounds, 1),
             quantiles_json(each));
  return records.empty() ? 1 : 0;
}

}  // namespace handrail::bench
