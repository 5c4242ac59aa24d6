// SPDX-License-Identifier: Apache-2.0
#include "moving/box.h"

#include <doctest/doctest.h>

#include "moving/tally.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;
using namespace handrail::moving;

namespace {

// A visitor whose oldest records are gone, and of whose places in between one holds nothing.
VisitorBox some_visitor(Offset at = 0, Offset step = 1) {
  Visit visit("anna");
  VisitorBox box;
  box.key = visit.page(0).key();
  box.visitor.site = "default";
  box.visitor.id = "anna";
  const auto place = [&](Offset number) { return at + number * step; };
  box.messages.push_back({{}, "m1", core::ChatEvent::kMessage, core::ChatAuthor::kVisitor, "", "hello", 1, place(0)});
  box.messages.push_back({{}, "m2", core::ChatEvent::kMessage, core::ChatAuthor::kVisitor, "", "there", 2, place(1)});
  box.records.push_back({place(2), visit.page(1)});
  box.visitor.spans.push_back({place(2), place(4), kStart});
  core::Signal signal;
  signal.episode.began = place(3);
  box.signals.push_back(signal);
  box.visitor.journey.evidence.episodes.push_back(signal.episode);
  box.records.push_back({place(4), visit.struggle(2, 3)});
  box.visitor.next_offset = place(9);
  return box;
}

}  // namespace

TEST_CASE("a visitor's own numbers are the same wherever it lay") {
  VisitorBox here = some_visitor(0, 1);
  VisitorBox there = some_visitor(1'000'000, 77);
  number_on_its_own(here);
  number_on_its_own(there);
  CHECK(stored(here) == stored(there));
  CHECK(there.records[0].offset == 2);
  CHECK(there.records[1].offset == 4);
  CHECK(there.signals[0].episode.began == 3);
  CHECK(there.visitor.journey.evidence.episodes[0].began == 3);
  CHECK(there.visitor.spans[0].first == 2);
  CHECK(there.visitor.spans[0].last == 4);
  CHECK(there.messages[1].offset == 1);
  CHECK(there.visitor.next_offset == 5);
  CHECK(numbers_before_records(there) == 2);
}

TEST_CASE("what is stored of a visitor is taken out as it was, and damage is told") {
  VisitorBox box = some_visitor();
  number_on_its_own(box);
  box.untold.push_back({"default", "other", 5, 0, core::Link{"anna"}});
  const std::string bytes = stored(box);
  const auto again = visitor_box_in(bytes);
  REQUIRE(again);
  CHECK(stored(*again) == bytes);
  CHECK(again->untold.size() == 1);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = visitor_box_in(std::string_view(bytes).substr(0, size));
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == ErrorCode::kCorrupt);
  }
}

TEST_CASE(
    "control entries and dead letters are numbered in their order, and nothing but the fact is kept of who was "
    "erased") {
  HouseBox box;
  box.control.push_back({90, {"shop", "", 0, 0, core::AgentAvailability{"maya", true, 1}}});
  box.control.push_back({12, {"", "", 0, 0, core::Act{"ops", "", "site.declared", "shop", ""}}});
  box.erased.push_back({VisitorKey{id_of({"b"})}, 44, 1000, 2000});
  box.letters.push_back({7, {}, 3, "why", "bytes"});
  box.letters.push_back({5, {}, 2, "why", "bytes"});
  number_on_its_own(box);
  CHECK(std::holds_alternative<core::Act>(box.control[0].record.body));
  CHECK(box.control[0].offset == 0);
  CHECK(box.control[1].offset == 1);
  CHECK(box.erased[0].below == 0);
  CHECK_FALSE(box.erased[0].gone_at);
  CHECK(box.letters[0].at == 2);
  CHECK(box.letters[1].offset == 1);
  const auto again = house_box_in(stored(box));
  REQUIRE(again);
  CHECK(stored(*again) == stored(box));
}

TEST_CASE("a tally sees what is missing, and what is another") {
  VisitorBox box = some_visitor();
  number_on_its_own(box);
  Tally whole, same, less, other;
  whole.add(box);
  same.add(box);
  CHECK(differences(whole, same).empty());
  VisitorBox changed = box;
  changed.messages[0].text = "hallo";
  other.add(changed);
  REQUIRE(differences(whole, other).size() == 1);
  CHECK(differences(whole, other)[0].starts_with("messages: as many as there should be, but not the same"));
  changed = box;
  changed.records.pop_back();
  less.add(changed);
  REQUIRE(differences(whole, less).size() == 1);
  CHECK(differences(whole, less)[0] == "records: 1 of 2 are there");
}
