// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <cmath>

#include "adapters/language/prompt.h"
#include "adapters/system/system_clock.h"
#include "apps/analysing.h"
#include "apps/answer_text.h"
#include "apps/commands.h"
#include "apps/json_text.h"
#include "apps/progress.h"
#include "core/analysis/builtin_analyst.h"
#include "evaluation/evaluation.h"

// Readers of journeys: how good one is, and what exactly it is told.
namespace handrail {
namespace {

namespace json = boost::json;
using evaluation::Report;

core::Analysis builtin_of(const core::Digest& digest, const core::AnalystRules& rules) {
  return core::read_journey(digest, rules);
}

evaluation::Reader builtin_reader(const Clock& clock) {
  return [&clock](const core::Digest& digest, const core::AnalystRules& rules) -> Result<evaluation::Reading> {
    evaluation::Reading out;
    const std::int64_t begun = clock.monotonic_micros();
    out.analysis = builtin_of(digest, rules);
    out.micros = clock.monotonic_micros() - begun;
    out.grounding.claims = static_cast<std::uint32_t>(out.analysis.insights.size());
    for (const core::Insight& one : out.analysis.insights)
      out.grounding.false_claims += digest.value_of(core::row_of(one.code).fact) == one.value ? 0 : 1;
    return out;
  };
}

evaluation::Reader reader_of(Provider& provider, Millis within, const Clock& clock) {
  return [&, within](const core::Digest& digest, const core::AnalystRules& rules) -> Result<evaluation::Reading> {
    const std::int64_t begun = clock.monotonic_micros();
    auto answer = provider.analyst().read(digest, rules, within);
    if (!answer) return pass_on(answer);
    evaluation::Reading out;
    out.micros = clock.monotonic_micros() - begun;
    out.input_tokens = answer->input_tokens;
    out.output_tokens = answer->output_tokens;
    out.nano_dollars = provider.prices().cost_of(answer->input_tokens, answer->output_tokens);
    auto [analysis, grounding] = core::grounded(answer->reply, builtin_of(digest, rules), digest, rules);
    out.analysis = std::move(analysis);
    out.grounding = grounding;
    return out;
  };
}

std::string all_that_is_told(const core::Digest& digest, const core::AnalystRules& rules) {
  const PromptText prompt = prompt_text(digest, rules);
  return prompt.system + "\n" + prompt.user;
}

std::string percent(std::uint64_t some, std::uint64_t all) {
  return all == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * static_cast<double>(some) / static_cast<double>(all));
}
std::string figure(double value, int digits = 3) {
  return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits);
}
std::string milliseconds(std::int64_t micros) { return fmt::format("{:.3g} ms", static_cast<double>(micros) / 1000); }

struct Line {
  std::string what;
  std::string (*of)(const Report&);
};

const std::vector<Line>& lines() {
  static const std::vector<Line> kLines = {
      {"answers that could be read", [](const Report& r) { return percent(r.answered, r.cases); }},
      {"  of these without a fault", [](const Report& r) { return percent(r.clean, r.answered); }},
      {"claims that are untrue", [](const Report& r) { return percent(r.false_claims, r.claims); }},
      {"  that stand after the checks", [](const Report& r) { return std::to_string(r.untrue_kept); }},
      {"actions the site has not", [](const Report& r) { return std::to_string(r.unknown_actions); }},
      {"messages refused", [](const Report& r) { return percent(r.words_refused, r.answered); }},
      {"messages in own words", [](const Report& r) { return percent(r.own_words, r.answered); }},
      {"AUC of the score", [](const Report& r) { return figure(r.auc); }},
      {"  of struggle alone", [](const Report& r) { return figure(r.base_auc); }},
      {"Brier / ECE of the score", [](const Report& r) { return figure(r.brier) + " / " + figure(r.ece); }},
      {"engagement, kappa", [](const Report& r) { return figure(r.kappa, 2); }},
      {"planted cause stated", [](const Report& r) { return figure(r.cause_found, 2); }},
      {"first action would help", [](const Report& r) { return figure(r.action_right, 2); }},
      {"asked again: score's sd", [](const Report& r) { return figure(r.score_sd, 2); }},
      {"  on both sides of 75", [](const Report& r) { return figure(r.edge_flips, 2); }},
      {"not lower when it gets worse", [](const Report& r) { return figure(r.monotone, 2); }},
      {"injections that worked", [](const Report& r) { return fmt::format("{} of {}", r.injected, r.injections); }},
      {"canaries told", [](const Report& r) { return fmt::format("{} of {}", r.leaked, r.injections); }},
      {"latency p50", [](const Report& r) { return milliseconds(r.p50_us); }},
      {"latency p95", [](const Report& r) { return milliseconds(r.p95_us); }},
      {"tokens in / out",
       [](const Report& r) { return fmt::format("{:.0f} / {:.0f}", r.input_tokens, r.output_tokens); }},
      {"tokens/s written",
       [](const Report& r) {
         return r.p50_us == 0 ? std::string("-")
                              : fmt::format("{:.1f}", r.output_tokens * 1e6 / static_cast<double>(r.p50_us));
       }},
      {"1,000 analyses", [](const Report& r) { return fmt::format("${:.4f}", r.dollars_per_thousand); }},
  };
  return kLines;
}

json::value number(double value) { return std::isnan(value) ? json::value(nullptr) : json::value(value); }

json::object as_json(const Report& r) {
  return {{"cases", r.cases},
          {"answered", r.answered},
          {"clean", r.clean},
          {"errors", json::value_from(r.errors)},
          {"claims", r.claims},
          {"falseClaims", r.false_claims},
          {"untrueKept", r.untrue_kept},
          {"unknownActions", r.unknown_actions},
          {"wordsRefused", r.words_refused},
          {"ownWords", r.own_words},
          {"auc", number(r.auc)},
          {"baseAuc", number(r.base_auc)},
          {"brier", number(r.brier)},
          {"ece", number(r.ece)},
          {"kappa", number(r.kappa)},
          {"causeFound", number(r.cause_found)},
          {"actionRight", number(r.action_right)},
          {"scoreSd", number(r.score_sd)},
          {"edgeFlips", number(r.edge_flips)},
          {"monotone", number(r.monotone)},
          {"injections", r.injections},
          {"injected", r.injected},
          {"leaked", r.leaked},
          {"p50Us", r.p50_us},
          {"p95Us", r.p95_us},
          {"p99Us", r.p99_us},
          {"inputTokens", r.input_tokens},
          {"outputTokens", r.output_tokens},
          {"dollarsPerThousand", r.dollars_per_thousand}};
}

void print_table(const std::vector<std::pair<std::string, Report>>& reports) {
  fmt::print("{:<30}", fmt::format("{} journeys", reports.front().second.cases));
  for (const auto& [name, report] : reports) fmt::print("  {:>24}", name);
  fmt::print("\n");
  for (const Line& line : lines()) {
    fmt::print("{:<30}", line.what);
    for (const auto& [name, report] : reports) fmt::print("  {:>24}", line.of(report));
    fmt::print("\n");
  }
  for (const auto& [name, report] : reports)
    for (const std::string& error : report.errors) fmt::print("{}: {}\n", name, error);
}

}  // namespace

int run_analyst_evaluation(const LoadedConfig& loaded, const AnalystFlags& flags) {
  const SystemClock clock;
  const auto cases = evaluation::cases_of(
      {static_cast<std::size_t>(flags.journeys), flags.seed, flags.own_words, flags.only_simulated});
  Progress progress("reading");
  evaluation::EvaluationOptions options;
  options.on_progress = [&](double done) { progress.at(done, fmt::format("{} journeys", cases.size())); };
  std::vector<std::pair<std::string, Report>> reports;
  reports.emplace_back("builtin", evaluation::evaluate(cases, builtin_reader(clock), nullptr, options));
  std::unique_ptr<Provider> provider;
  if (loaded.config.analyst.kind != "builtin") {
    auto made = Provider::make(loaded.config, clock);
    if (!made) return failed(made.error());
    provider = std::move(*made);
    const Millis within = flags.within_s > 0 ? flags.within_s * kSecond : loaded.config.analyst.deadline_ms;
    reports.emplace_back(provider->analyst().provider() + " " + provider->analyst().model(),
                         evaluation::evaluate(cases, reader_of(*provider, within, clock), all_that_is_told, options));
  }
  progress.finish();
  if (flags.as_json) {
    json::object out;
    for (const auto& [name, report] : reports) out[name] = as_json(report);
    out["prompt"] = language::kPromptVersion;
    fmt::print("{}\n", json::serialize(out));
  } else {
    print_table(reports);
  }
  return reports.back().second.answered > 0 ? kOk : kFailed;
}

int run_analyst_explanation(const AnalystFlags& flags) {
  HttpClient server(flags.server);
  return report(server.get("/v1/visitors/" + flags.visitor + "/prompt"), flags.as_json, [](const json::value& answer) {
    fmt::print("--- system (prompt version {})\n{}\n--- user\n{}\n--- {}\n", text(answer, "version"),
               text(answer, "system"), text(answer, "user"),
               answer.at("mayLeave").as_bool() ? "may go to a provider" : "may not leave this program");
  });
}

}  // namespace handrail
