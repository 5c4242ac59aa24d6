// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/archive.h"
#include "tests/support/folder.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// Notes what is read.
struct Noted final : JourneyWatch {
  void on_read(const Visitor&, const Reading& reading) override {
    ++reads;
    may_leave = reading.may_leave;
  }
  int reads = 0;
  bool may_leave = false;
};

struct Hard {
  // A provider's account of the newest reading.
  Record word(Millis at, int score, std::string message = "") const {
    Analysis said = *fold.visitor.journey.analysis;
    said.source.provider = "bedrock";
    said.exit_risk_score = score;
    said.id = AnalysisId{id_of({"a provider's", said.cause})};
    if (!message.empty()) said.message = std::move(message);
    return visit.record(at, std::move(said));
  }
  void trouble() {
    fold(visit.page(0));
    fold(visit.struggle(10'000, 2));  // struggle below the bar
  }
  int risk() const { return fold.effects.risk; }
  const Analysis* analysis() const { return fold.visitor.journey.analysis ? &*fold.visitor.journey.analysis : nullptr; }

  Visit visit{"anna"};
  Folder fold;
};

}  // namespace

TEST_CASE("trouble is read by the built-in analyst, and the account is a signal that moves nothing") {
  Hard h;
  h.fold(h.visit.page(0));
  CHECK(h.analysis() == nullptr);
  h.fold(h.visit.struggle(10'000, 2));
  REQUIRE(h.analysis() != nullptr);
  CHECK(h.analysis()->is_builtin());
  CHECK(h.analysis()->insights.front().code == InsightCode::kManyAttempts);
  REQUIRE(h.fold.effects.signals.size() == 2);
  const Signal& listed = h.fold.effects.signals.back();
  REQUIRE(listed.analysis);
  CHECK(listed.analysis->id == h.analysis()->id);
  CHECK(h.fold.visitor.journey.advice_at(h.visit.from() + 10'000) == 0);
  CHECK(h.risk() == h.fold.effects.struggle);
}

TEST_CASE("a journey is not read anew within the pause, but for a decision") {
  Hard h;
  h.trouble();
  const AnalysisId first = h.analysis()->id;
  h.fold(h.visit.click(12'000, Reaction::kSome));
  CHECK(h.analysis()->id == first);
  h.fold(h.visit.struggle(13'000, 5));
  REQUIRE(h.fold.effects.decisions.size() == 1);
  CHECK(h.analysis()->id != first);
}

TEST_CASE("an offer has the built-in analyst's words from the start") {
  Hard h;
  h.fold(h.visit.page(0));
  h.fold(h.visit.struggle(10'000, 3));
  REQUIRE(h.fold.visitor.has_live_offer());
  CHECK(h.fold.visitor.offer->message == "Not getting the result you want? Ask us, we are here.");
  CHECK(h.fold.visitor.offer->language == "en");
  CHECK(h.fold.visitor.offer->disclosure.empty());
  REQUIRE(h.fold.effects.interventions.size() == 1);
  CHECK(h.fold.effects.interventions[0].message == h.fold.visitor.offer->message);
}

TEST_CASE("a provider's account moves the risk by at most 15 points, for a minute") {
  for (const auto& [score, moved] : {std::pair{100, 15}, {0, -15}}) {
    CAPTURE(score);
    Hard h;
    h.trouble();
    const int before = h.risk();
    h.fold(h.word(10'000, score));
    CHECK(h.risk() == before + moved);
    h.fold(h.visit.event(60'000, Visibility{true}, "visibility"));
    CHECK(h.risk() == h.fold.effects.struggle + moved);
    h.fold(h.visit.event(70'001, Visibility{true}, "visibility"));
    CHECK(h.risk() == h.fold.effects.struggle);
  }
}

TEST_CASE("what it adds may lead to help, and the decision says what caused it") {
  Hard h;
  h.trouble();
  REQUIRE(h.risk() == 60);
  REQUIRE_FALSE(h.fold.visitor.offer);
  h.fold(h.word(10'000, 100, "Shall we look at it together?"));
  CHECK(h.risk() == 75);
  REQUIRE(h.fold.effects.decisions.size() == 1);
  CHECK(h.fold.effects.decisions[0].cause.starts_with("analysis:"));
  REQUIRE(h.fold.visitor.has_live_offer());
  CHECK(h.fold.visitor.offer->message == "Shall we look at it together?");
  CHECK(h.fold.visitor.journey.assessments.size() == 1);  // the one of the trouble is less than 5 s old
}

TEST_CASE("a slow provider's account counts after a newer reading, and does not take that one's place") {
  Hard h;
  h.trouble();
  const Record slow = h.word(25'000, 100);
  h.fold(h.visit.click(21'000, Reaction::kSome));
  const AnalysisId newest = h.analysis()->id;
  REQUIRE(newest != std::get<Analysis>(slow.body).id);
  const Record quick = h.word(26'000, 0);
  SUBCASE("in their order") {
    h.fold(slow);
    CHECK(h.fold.visitor.journey.advice->points == 15);
    CHECK(h.analysis()->id == newest);
    REQUIRE(h.fold.effects.signals.size() == 1);  // and it is listed
    h.fold(quick);
    CHECK(h.fold.visitor.journey.advice->points == -15);
    CHECK_FALSE(h.analysis()->is_builtin());
  }
  SUBCASE("the later reading's first") {
    h.fold(quick);
    Record late = slow;
    late.received_at = (h.visit.from() + 27'000) * 1000;
    h.fold(late);
    CHECK(h.fold.visitor.journey.advice->points == -15);
    CHECK(h.fold.effects.signals.empty());
  }
}

TEST_CASE("the first account of a reading counts; late, of another journey or of no reading it changes nothing") {
  Hard h;
  h.trouble();
  const Record one = h.word(11'000, 90);
  const Record other = h.word(12'000, 10);
  const std::string before = archived(h.fold.visitor.journey);
  Record stranger = one;
  std::get<Analysis>(stranger.body).journey = JourneyId{id_of({"another"})};
  h.fold(stranger);
  CHECK(archived(h.fold.visitor.journey) == before);
  Record never_read = one;
  std::get<Analysis>(never_read.body).events += 1;
  h.fold(never_read);
  CHECK(archived(h.fold.visitor.journey) == before);
  SUBCASE("the first") {
    h.fold(one);
    const std::string then = archived(h.fold.visitor.journey);
    CHECK(then != before);
    h.fold(other);
    CHECK(archived(h.fold.visitor.journey) == then);
  }
  SUBCASE("late") {
    Record late = one;
    late.received_at = (h.visit.from() + 70'001) * 1000;
    h.fold(late);
    CHECK_FALSE(h.fold.visitor.journey.advice);
  }
  SUBCASE("after the goal") {
    h.fold(h.visit.event(11'000, Goal{"apply"}, "goal"));
    h.fold(h.word(12'000, 90));
    CHECK_FALSE(h.fold.visitor.journey.advice);
  }
}

TEST_CASE("it words an offer that nobody has seen, and never one that is displayed") {
  Hard h;
  h.fold(h.visit.page(0));
  h.fold(h.visit.struggle(10'000, 3));
  const InterventionId id = h.fold.visitor.offer->id;
  const std::string own = h.fold.visitor.offer->message;
  SUBCASE("not seen") {
    h.fold(h.word(11'000, 80, "Shall we look at it together?"));
    CHECK(h.fold.visitor.offer->message == "Shall we look at it together?");
    REQUIRE(h.fold.effects.interventions.size() == 1);
    CHECK(h.fold.effects.interventions[0].id == id);
    CHECK(h.fold.effects.interventions[0].state == OfferState::kPending);
  }
  SUBCASE("displayed") {
    h.fold(h.visit.answer(10'500, id, AnswerKind::kDisplayed));
    h.fold(h.word(11'000, 80, "Shall we look at it together?"));
    CHECK(h.fold.visitor.offer->message == own);
    CHECK(h.fold.effects.interventions.empty());
  }
}

TEST_CASE("facts leave the program only where site and visitor let them") {
  const auto may_leave = [](AiProcessing processing, Agreement said, bool asks_for_privacy) {
    Profile profile;
    profile.consent.consent.ai = said;
    profile.asks_for_privacy = asks_for_privacy;
    AnalystRules rules;
    rules.processing = processing;
    return profile.may_be_read_outside(rules, {});
  };
  using enum AiProcessing;
  CHECK(may_leave(kAllowed, Agreement::kUnasked, false));
  CHECK_FALSE(may_leave(kAllowed, Agreement::kUnasked, true));
  CHECK_FALSE(may_leave(kAllowed, Agreement::kRefused, false));
  CHECK(may_leave(kAllowed, Agreement::kGranted, true));
  CHECK_FALSE(may_leave(kWithConsent, Agreement::kUnasked, false));
  CHECK(may_leave(kWithConsent, Agreement::kGranted, false));
  CHECK_FALSE(may_leave(kNever, Agreement::kGranted, false));

  Noted noted;
  Hard h;
  h.fold.watch = &noted;
  ConsentChoice choice;
  choice.consent.ai = Agreement::kRefused;
  h.fold(h.visit.event(0, choice, "consent"));
  h.trouble();
  CHECK(noted.reads == 1);
  CHECK_FALSE(noted.may_leave);
}
