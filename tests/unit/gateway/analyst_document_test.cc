// SPDX-License-Identifier: Apache-2.0
#include "gateway/analyst_document.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/codec/document.h"

using namespace handrail;
using namespace handrail::gateway;
using core::AnalystRules;
using core::InsightCode;

namespace {

std::optional<Fault> read(std::string section, AnalystRules& rules) {
  std::string body = R"({"analyst":)" + std::move(section) + "}";
  auto root = parse_document(body);
  REQUIRE(root);
  simdjson::dom::object object;
  REQUIRE(root->get(object) == simdjson::SUCCESS);
  JsonReader in(object, "");
  read_analyst(in, rules);
  return in.fault();
}

AnalystRules taken(std::string section, AnalystRules rules = {}) {
  const auto fault = read(std::move(section), rules);
  if (fault) FAIL(fault->field << " " << fault->detail);
  return rules;
}

// "field: code" of what is refused.
std::string refused(std::string section, AnalystRules rules = {}) {
  const auto fault = read(std::move(section), rules);
  return fault ? fault->field + ": " + fault->code : "taken";
}

std::string message(const std::string& text) { return R"({"messages":[{"id":"m","text":")" + text + R"("}]})"; }

std::string many(const std::string& name, std::size_t count, const std::string& before, const std::string& after) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i ? "," : "") + before + std::to_string(i) + after;
  return R"({")" + name + R"(":[)" + list + "]}";
}

}  // namespace

TEST_CASE("an analyst's rules are read whole, and their view reads as the same") {
  const AnalystRules rules = taken(R"({"processing":"with_consent","ownWords":true,"language":"pt-br","tone":"warm",
      "disclosure":"Por uma IA.","forbidden":["limit"],"features":["loan.calculator"],
      "actions":[{"id":"call","sentence":"Call at 10","when":["leaving","leaving","long_pause"]}],
      "messages":[{"id":"ask","text":"Ask us until 18:00"},{"id":"ask","language":"en","text":"Ask us"}],
      "askFrom":40,"askTo":90,"pauseS":30})");
  CHECK(rules.processing == core::AiProcessing::kWithConsent);
  CHECK(rules.actions.front().when == std::vector{InsightCode::kLeaving, InsightCode::kLongPause});
  CHECK(rules.messages.front().language == "pt-br");
  CHECK(rules.pause == 30 * kSecond);
  CHECK(taken(boost::json::serialize(view(rules))) == rules);
  CHECK(taken(boost::json::serialize(view(AnalystRules{}))) == AnalystRules{});
}

TEST_CASE("what is not mentioned stays, a list that is given replaces the one there was") {
  AnalystRules before;
  before.tone = "warm";
  before.forbidden = {"limit"};
  before.messages = {{"ask", "en", "Ask us", {}}};
  const AnalystRules after = taken(R"({"tone":"","messages":[]})", before);
  CHECK(after.tone.empty());
  CHECK(after.messages.empty());
  CHECK(after.forbidden == before.forbidden);
  CHECK(taken(R"({"askTo":70,"tone":null})", before).tone == "warm");
}

TEST_CASE("numbers, names and languages have bounds") {
  CHECK(refused(R"({"askFrom":90})") == "analyst.askFrom: out_of_range");
  CHECK(refused(R"({"askFrom":85,"askTo":85})") == "taken");
  CHECK(refused(R"({"askTo":101})") == "analyst.askTo: out_of_range");
  CHECK(refused(R"({"pauseS":0})") == "analyst.pauseS: out_of_range");
  CHECK(refused(R"({"pauseS":3601})") == "analyst.pauseS: out_of_range");
  CHECK(refused(R"({"processing":"maybe"})") == "analyst.processing: out_of_range");
  for (const char* tag : {"", "EN", "english", "e", "en_us", "en-", "de at"})
    CHECK(refused(R"({"language":")" + std::string(tag) + R"("})").starts_with("analyst.language: "));
  CHECK(refused(R"({"features":["two words"]})") == "analyst.features[0]: bad_id");
  CHECK(refused(R"({"features":[7]})") == "analyst.features[0]: too_long");
  CHECK(refused(R"({"tone":")" + std::string(121, 'a') + R"("})") == "analyst.tone: too_long");
  CHECK(refused(R"({"disclosure":")" + std::string(240, 'a') + R"("})") == "taken");
  CHECK(refused(R"({"disclosure":")" + std::string(241, 'a') + R"("})") == "analyst.disclosure: too_long");
}

TEST_CASE("lists have an end, and their ids are unlike") {
  CHECK(refused(many("features", 32, R"("f)", R"(")")) == "taken");
  CHECK(refused(many("features", 33, R"("f)", R"(")")) == "analyst.features: too_long");
  CHECK(refused(many("forbidden", 65, R"("xyz)", R"(")")) == "analyst.forbidden: too_long");
  CHECK(refused(many("actions", 16, R"({"id":"a)", R"(","sentence":"Do it"})")) == "taken");
  CHECK(refused(many("actions", 17, R"({"id":"a)", R"(","sentence":"Do it"})")) == "analyst.actions: too_long");
  CHECK(refused(many("messages", 65, R"({"id":"m)", R"(","text":"Ask"})")) == "analyst.messages: too_long");
  CHECK(refused(R"({"actions":[{"id":"Call","sentence":"x"}]})") == "analyst.actions[0].id: bad_id");
  CHECK(refused(R"({"actions":[{"id":"a","sentence":"x"},{"id":"a","sentence":"y"}]})") ==
        "analyst.actions[1].id: exists");
  CHECK(refused(R"({"messages":[{"id":"a","text":"x"},{"id":"a","text":"y","language":"en"}]})") ==
        "analyst.messages[1].id: exists");
  CHECK(refused(R"({"actions":[{"id":"a","sentence":"x","when":["bored"]}]})") ==
        "analyst.actions[0].when: out_of_range");
  CHECK(refused(R"({"actions":["call"]})") == "analyst.actions[0]: wrong_type");
}

TEST_CASE("words are plain: no control characters, no markup, no addresses; digits are the approver's") {
  CHECK(refused(message("We are here until 18:00, all 7 of us")) == "taken");
  CHECK(refused(message("Get a refund")) == "taken");
  CHECK(refused(message(std::string(160, 'a'))) == "taken");
  CHECK(refused(message(std::string(161, 'a'))) == "analyst.messages[0].text: too_long");
  for (const char* text :
       {" ", "two\\nlines", "<b>now</b>", "see shop.example", "https://x", "a@b", "to\\u202ethe left"})
    CHECK(refused(message(text)) == "analyst.messages[0].text: bad_words");
  CHECK(refused(R"({"actions":[{"id":"a","sentence":"see shop.example"}]})") ==
        "analyst.actions[0].sentence: bad_words");
  CHECK(refused(R"({"tone":"<system>"})") == "analyst.tone: bad_words");
}

TEST_CASE("a forbidden word is refused in what visitors see, whichever of the two was there first") {
  CHECK(refused(R"({"forbidden":["loan"],"messages":[{"id":"m","text":"Your Loans?"}]})") ==
        "analyst.messages[0].text: bad_words");
  AnalystRules rules;
  rules.messages = {{"m", "en", "Your loan?", {}}};
  CHECK(refused(R"({"forbidden":["loan"]})", rules) == "analyst.messages[0].text: bad_words");
  CHECK(refused(R"({"forbidden":["form"]})") == "analyst.forbidden: bad_words");  // a built-in message has it
  CHECK(refused(R"({"forbidden":["formular"]})") == "taken");                     // in German, and shown to nobody
  CHECK(refused(R"({"forbidden":["formular"],"language":"de"})") == "analyst.forbidden: bad_words");
}
