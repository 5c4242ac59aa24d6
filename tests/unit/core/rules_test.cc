// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/archive.h"
#include "core/control/rules_book.h"
#include "tests/support/folder.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

LoggedRecord published(std::uint64_t version, UnixMillis effective_at, Rules rules, Offset offset = 0) {
  return {offset, {"default", "", 0, 0, RulesVersion{version, effective_at, "me", "", false, std::move(rules)}}};
}

Rules bar_at(int risk) {
  Rules rules;
  rules.policy.qualify_risk = risk;
  return rules;
}

}  // namespace

TEST_CASE("the rules that hold are the newest that had taken effect") {
  RulesBook book;
  CHECK_FALSE(book.at("default", 0));
  book.take(published(2, 2000, bar_at(80), 5));  // in any order
  book.take(published(1, 1000, bar_at(60), 4));
  book.take(published(3, 9000, bar_at(90), 6));
  CHECK_FALSE(book.at("default", 999));
  CHECK(book.at("default", 1000)->stamp == RulesStamp{1, true});
  CHECK(book.at("default", 2000)->rules.policy.qualify_risk == 80);
  CHECK(book.at("default", 8999)->stamp.version == 2);
  CHECK(book.at("default", 9000)->stamp.version == 3);
  CHECK_FALSE(book.at("other", 9000));
}

TEST_CASE("the configuration holds where a site published nothing, its first version from the beginning") {
  const auto configured = [](std::uint64_t version, UnixMillis effective_at, int risk) {
    LoggedRecord entry = published(version, effective_at, bar_at(risk));
    entry.record.site = RulesBook::kConfiguration;
    return entry;
  };
  RulesBook book;
  book.take(configured(1, 2000, 70));
  CHECK(book.at("default", 0)->stamp == RulesStamp{1, false});
  CHECK(book.at("default", 0)->rules.policy.qualify_risk == 70);
  book.take(configured(2, 5000, 71));
  CHECK(book.at("default", 4999)->rules.policy.qualify_risk == 70);
  CHECK(book.at("default", 5000)->stamp == RulesStamp{2, false});
  book.take(published(1, 6000, bar_at(80)));
  CHECK(book.at("default", 5999)->stamp == RulesStamp{2, false});
  CHECK(book.at("default", 6000)->stamp == RulesStamp{1, true});
  CHECK(book.at("other", 6000)->stamp == RulesStamp{2, false});
}

TEST_CASE("what a book holds gives the same book again, and the oldest versions go first") {
  RulesBook book;
  for (std::uint64_t v = 1; v <= RulesBook::kVersionsMax + 3; ++v)
    book.take(published(v, 1000 + static_cast<UnixMillis>(v), {}, v));
  book.take(published(0, 0, bar_at(61), 100));
  CHECK(book.versions("default").size() == RulesBook::kVersionsMax);
  CHECK(book.versions("default").front().published().version == 4);
  RulesBook again;
  for (const LoggedRecord& entry : book.entries()) again.take(entry);
  CHECK(again.versions("default").size() == RulesBook::kVersionsMax);
  CHECK(again.draft("default")->rules.policy.qualify_risk == 61);
  RulesVersion gone;
  gone.is_dropped = true;
  again.take({101, {"default", "", 0, 0, gone}});
  CHECK_FALSE(again.draft("default"));
}

TEST_CASE("a record is folded by the rules of its own time, and says which") {
  Folder fold;
  fold.control().take(published(1, kStart + 10'000, bar_at(90)));
  Visit before("a");
  fold(before.struggle(9'999, 3));  // risk 76
  CHECK(fold.decisions.back().offered);
  CHECK(fold.decisions.back().rules == RulesStamp{});
  CHECK(fold.signals.back().rules == RulesStamp{});
  Folder later;
  later.control().take(published(1, kStart + 10'000, bar_at(90)));
  Visit after("b");
  later(after.struggle(10'000, 3));
  CHECK(later.decisions.empty());
  CHECK(later.signals.back().rules == RulesStamp{1, true});
  later(after.struggle(16'000, 5, "other"));
  CHECK(later.decisions.back().rules == RulesStamp{1, true});
}

TEST_CASE("a site's own weights make its score") {
  Rules rules;
  rules.weights.push_back({SignalKind::kAppAttempts, Grade::kAttempts3, 65536 / 2});
  Folder fold;
  fold.control().take(published(1, kStart, rules));
  Visit v("a");
  CHECK(fold(v.struggle(0, 3)).struggle == 50);
  Folder catalogue;
  CHECK(catalogue(v.struggle(0, 3)).struggle == 76);
}

TEST_CASE("a later policy does not move a deadline that an earlier one set") {
  Folder fold;
  Visit v("a");
  fold(v.struggle(0, 3));
  Rules hasty;
  hasty.policy.answer_settles = 1000;
  hasty.policy.offer_lives = 1000;
  fold.control().take(published(1, kStart + 2000, hasty));
  CHECK(next_due(fold.visitor) == v.from() + 120'000);
  const InterventionId offer = fold.visitor.offer->id;
  fold(v.answer(1000, offer, AnswerKind::kDismissed));
  CHECK(fold.visitor.deadlines.decline_settles == v.from() + 11'000);
  fold(v.page(5000));  // under the new rules
  CHECK(fold.visitor.profile.unsettled);
  fold(v.page(11'000));
  CHECK_FALSE(fold.visitor.profile.unsettled);
  CHECK(fold.visitor.profile.declined_until);
}

TEST_CASE("a visitor of the format before is read, and its deadlines are those it had") {
  Folder fold;
  Visit v("a");
  fold(v.struggle(0, 3));
  fold(v.answer(1000, fold.visitor.offer->id, AnswerKind::kDismissed));
  std::string old(1, '\2');
  ArchiveWriter{old, 2}(fold.visitor);
  const auto read = decode_visitor(old);
  REQUIRE(read);
  CHECK(read->deadlines.decline_settles == v.from() + 11'000);
  CHECK(next_due(*read) == next_due(fold.visitor));
  CHECK_FALSE(decode_visitor("\1" + old.substr(1)));
  CHECK_FALSE(decode_visitor(std::string(1, '\77') + old.substr(1)));
}
