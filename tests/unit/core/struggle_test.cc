// SPDX-License-Identifier: Apache-2.0
#include "core/risk/struggle.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <cmath>

#include "tests/support/vectors.h"

using namespace handrail;
using namespace handrail::core;
namespace json = boost::json;

namespace {

json::value vectors() { return test::vectors_in(std::string(HANDRAIL_VECTORS) + "/struggle.json"); }

std::string str(const json::value& v) { return std::string(v.as_string()); }

Episode episode_from(const json::object& item) {
  Episode e;
  e.signal = signal_named(str(item.at("signal"))).value();
  e.grade = grade_named(str(item.at("grade"))).value();
  e.target = str(item.at("target"));
  e.id = EpisodeId{id_of({str(item.at("episode"))})};
  e.at = item.at("t_ms").as_int64();
  return e;
}

// The evidence as it stands at `at`: everything that happened until then, in time order.
Evidence evidence_at(const json::object& story, UnixMillis at) {
  Evidence evidence;
  const auto goal = story.at("goal_ms");
  const auto feed_goal = [&](UnixMillis from, UnixMillis until) {
    if (goal.is_int64() && goal.as_int64() > from && goal.as_int64() <= until) evidence.reach_goal(goal.as_int64());
  };
  UnixMillis fed = -1;
  for (const auto& item : story.at("evidence").as_array()) {
    const Episode e = episode_from(item.as_object());
    if (e.at > at) continue;
    feed_goal(fed, e.at - 1);
    fed = std::max(fed, e.at - 1);
    evidence.raise(e, false);
  }
  feed_goal(fed, at);
  for (const auto& mark : story.at("progress_ms").as_array()) {
    if (mark.as_int64() <= at) evidence.add_progress(mark.as_int64());
  }
  const auto& leaving = story.at("exit_intent_ms");
  if (leaving.is_int64() && leaving.as_int64() <= at) evidence.exit_intent_at = leaving.as_int64();
  for (const auto& r : story.at("retracted").as_array()) {
    const auto& retraction = r.as_object();
    if (retraction.at("t_ms").as_int64() <= at) evidence.retract(EpisodeId{id_of({str(retraction.at("episode"))})});
  }
  return evidence;
}

}  // namespace

TEST_CASE("every golden story gives its exact scores") {
  const json::value all = vectors();
  int checked = 0;
  for (const auto& s : all.as_object().at("stories").as_array()) {
    const auto& story = s.as_object();
    for (const auto& e : story.at("expect").as_array()) {
      const UnixMillis at = e.as_object().at("at_ms").as_int64();
      CAPTURE(str(story.at("name")));
      CAPTURE(at);
      CHECK(struggle(evidence_at(story, at), at) == e.as_object().at("struggle").as_int64());
      ++checked;
    }
  }
  CHECK(checked > 60);
}

TEST_CASE("weights, families and half-lives are those of the published table") {
  const json::value all = vectors();
  for (const auto& [name, weight] : all.as_object().at("weight").as_object()) {
    const std::string key{name};
    const auto slash = key.find('/');
    const auto kind = signal_named(key.substr(0, slash));
    const auto grade = grade_named(key.substr(slash + 1));
    CAPTURE(key);
    REQUIRE(kind);
    REQUIRE(grade);
    CHECK(weight_q16(*kind, *grade) == std::llround(weight.to_number<double>() * 65536));
    CHECK(name_of(row_of(*kind).family) == str(all.as_object().at("family").as_object().at(key.substr(0, slash))));
  }
  for (std::size_t i = 0; i < 7; ++i) {
    const auto family = static_cast<Family>(i);
    CHECK(name_of(family) == str(all.as_object().at("family_order").as_array()[i]));
    CHECK(half_life_of(family) ==
          all.as_object().at("half_life_ms").as_object().at(std::string(name_of(family))).as_int64());
  }
}

TEST_CASE("a journey keeps at most 32 episodes and drops the weakest") {
  Evidence evidence;
  for (int i = 0; i < 40; ++i) {
    Episode e;
    e.id = EpisodeId{id_of({std::to_string(i)})};
    e.signal = SignalKind::kAppAttempts;
    e.grade = Grade::kAttempts2;
    e.target = "t" + std::to_string(i);
    e.at = i * 1000;
    evidence.raise(e, false);
  }
  CHECK(evidence.episodes.size() == Evidence::kEpisodesMax);
  CHECK(evidence.find(EpisodeId{id_of({"0"})}) == nullptr);
  CHECK(evidence.find(EpisodeId{id_of({"39"})}) != nullptr);
}

TEST_CASE("contributions name the strongest trouble of each target first") {
  Evidence evidence;
  evidence.raise({EpisodeId{id_of({"a"})}, SignalKind::kValidationRepeat, Grade::kTwice, "field:term", 0, 0, {}},
                 false);
  evidence.raise({EpisodeId{id_of({"b"})}, SignalKind::kSubmitFailRepeat, Grade::kTwice, "form:loan", 0, 0, {}}, false);
  const auto reasons = contributions(evidence, 0);
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].signal == SignalKind::kSubmitFailRepeat);
  CHECK(reasons[0].points == 60);
  CHECK(words_for(reasons[1].signal, reasons[1].grade, reasons[1].target) == "term invalid twice");
}
