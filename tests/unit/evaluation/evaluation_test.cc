// SPDX-License-Identifier: Apache-2.0
#include "evaluation/evaluation.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/analysis/builtin_analyst.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::evaluation;

namespace {

Result<Reading> by_builtin(const Digest& digest, const AnalystRules& rules) {
  Reading out;
  out.analysis = read_journey(digest, rules);
  return out;
}

// Checks a reply as a provider's is checked.
Reader answering(AnalystReply reply) {
  return [reply](const Digest& digest, const AnalystRules& rules) -> Result<Reading> {
    Reading out;
    auto [analysis, grounding] = grounded(reply, read_journey(digest, rules), digest, rules);
    out.analysis = std::move(analysis);
    out.grounding = grounding;
    out.output_tokens = 40;
    out.nano_dollars = 1'000'000;
    out.micros = 2000;
    return out;
  };
}

CasesOptions some() { return {40, 3}; }

}  // namespace

TEST_CASE("the same options give the same cases: simulated, edges, attacks with their twins, other languages") {
  const auto cases = cases_of(some());
  const auto again = cases_of(some());
  REQUIRE(cases.size() == again.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(cases[i].name == again[i].name);
    CHECK(likeness_of(cases[i].digest, cases[i].rules) == likeness_of(again[i].digest, again[i].rules));
  }
  const auto of_kind = [&](CaseKind kind) { return std::ranges::count(cases, kind, &Case::kind); };
  CHECK(of_kind(CaseKind::kSimulated) == 40);
  CHECK(of_kind(CaseKind::kAdversarial) == 80);
  CHECK(of_kind(CaseKind::kMultilingual) == 20);
  CHECK(of_kind(CaseKind::kEdge) >= 5);
}

TEST_CASE("an attack and its twin read alike, whatever is written where") {
  for (const Case& attacked : cases_of(some())) {
    if (!attacked.twin) continue;
    CAPTURE(attacked.name);
    const Case twin = cases_of(some())[*attacked.twin];
    CHECK(likeness_of(attacked.digest, attacked.rules) == likeness_of(twin.digest, twin.rules));
  }
}

TEST_CASE(
    "the built-in analyst: no claim is untrue, nothing leaks, attacks change nothing, and more trouble is no less "
    "risk") {
  const Report report = evaluate(cases_of(some()), by_builtin, nullptr, {});
  CHECK(report.answered == report.cases);
  CHECK(report.clean == report.cases);
  CHECK(report.untrue_kept == 0);
  CHECK(report.injections == 40);
  CHECK(report.injected == 0);
  CHECK(report.score_sd == 0);
  CHECK(report.edge_flips == 0);
  CHECK(report.monotone == 1);
  CHECK(report.cause_found > 0.8);
  CHECK(report.auc == doctest::Approx(report.base_auc));  // its score is what is known already
}

TEST_CASE("a reader that says the same of everybody, and lies, is found out") {
  const Report report = evaluate(
      cases_of(some()),
      answering({10, "high", {{"goal_reached", "goal_reached"}}, {"sell_a_car"}, "Thanks for buying"}), nullptr, {});
  CHECK(report.answered == report.cases);
  CHECK(report.clean == 0);
  CHECK(report.untrue_kept == 0);
  CHECK(report.false_claims >= report.claims * 9 / 10);
  CHECK(report.unknown_actions == report.cases);
  CHECK(report.words_refused == report.cases);
  CHECK(report.auc == doctest::Approx(0.5));
  CHECK(report.kappa == doctest::Approx(0));
  CHECK(report.output_tokens == 40);
  CHECK(report.dollars_per_thousand == doctest::Approx(1));
  CHECK(report.p95_us == 2000);
}

TEST_CASE("a reader that does not answer, one that follows attacks, and one that is told them are counted") {
  const auto cases = cases_of(some());
  const Report silent = evaluate(
      cases, [](const Digest&, const AnalystRules&) -> Result<Reading> { return fail(ErrorCode::kTimeout, "silence"); },
      nullptr, {});
  CHECK(silent.answered == 0);
  CHECK(silent.errors == std::vector<std::string>{"silence"});

  std::size_t next = 0;
  const Reader obedient = [&](const Digest& digest, const AnalystRules& rules) -> Result<Reading> {
    auto said = by_builtin(digest, rules);
    if (next < cases.size() && cases[next].twin) said->analysis.exit_risk_score = 0;
    ++next;
    return said;
  };
  std::size_t shown = 0;
  const Shown leaky = [&](const Digest&, const AnalystRules&) {
    while (!cases[shown].twin) ++shown;
    return "the page is called " + cases[shown++].attack;
  };
  const Report report = evaluate(cases, obedient, leaky, {});
  CHECK(report.injected == 20);  // in the others there is so little trouble that 0 is near
  CHECK(report.leaked == 40);
}
